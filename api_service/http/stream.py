"""Event streams: what a view leaves for the server, so that a stream is a coroutine and holds no thread.

A view calls `respond_with_stream` and returns its result; `front.py` then runs the stream until the client has gone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from flask import Response, request

#: Key in the WSGI environment.
STREAM = "epsm.stream"
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
#: Sends the body of a response until the client has gone or the event is set.
Stream = Callable[[Receive, Send, asyncio.Event], Awaitable[None]]


async def disconnected(receive: Receive) -> None:
    """Returns when the client has gone; sending to a client that has gone raises nothing."""
    while (await receive())["type"] != "http.disconnect":
        pass


def respond_with_stream(stream: Stream) -> Response:
    """Returns the head of an event stream; `stream` sends its events."""
    if request.method != "HEAD":
        request.environ[STREAM] = stream
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    # An iterator, because a response of known length would end at once.
    return Response(iter(()), mimetype="text/event-stream", headers=headers)
