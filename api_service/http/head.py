"""The check of a request's head before its body has come: refusals that need no body are sent without waiting for it.

`front.py` calls the application twice for a request with a body: with its head alone, where everything that is
registered before this module may refuse it, and once more when the body has come.
"""

from typing import cast

from flask import Flask, Response, current_app, request

from api_service.http.uploads import too_large

#: Keys in the WSGI environment. True while there is only the head:
HEAD_ONLY = "epsm.head_only"
#: True when the head has been admitted before: the request is not counted again.
ADMITTED = "epsm.admitted"
#: Maximum size of the body in bytes; set when the head is admitted.
BODY_LIMIT = "epsm.body_limit"
#: The exception that ended the body too early; it is answered instead of calling the view.
BODY_FAULT = "epsm.body_fault"
#: Status of the response that admits a head.
CONTINUE = 100


def is_head_only() -> bool:
    """Whether the body of the current request has not come yet."""
    return HEAD_ONLY in request.environ


def is_admitted() -> bool:
    """Whether the head of the current request was checked and counted before."""
    return ADMITTED in request.environ


def register(app: Flask) -> None:
    """Registers the last hook before the views; the other hooks of the application must be registered before it."""
    app.before_request(_end_of_head)


def _end_of_head() -> Response | None:
    if fault := request.environ.get(BODY_FAULT):
        raise cast(Exception, fault)
    if not is_head_only():
        return None
    if request.routing_exception is not None:
        raise request.routing_exception
    for hook in current_app.before_request_funcs.get(request.blueprint, []):
        # Checks of one blueprint, such as that of the media type, need the head alone as well.
        if (refusal := hook()) is not None:
            return cast(Response, refusal)
    limit = request.max_content_length or 0
    if (request.content_length or 0) > limit:
        raise too_large()
    request.environ[BODY_LIMIT] = limit
    return Response(status=CONTINUE)
