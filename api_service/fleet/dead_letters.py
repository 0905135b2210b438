"""Dead letters of an engine's queue over HTTP, for admins: list them, send new messages for their runs.

A run is in Postgres, and its message only hands it over. So nothing of a dead letter is sent again: a run that is
still queued is marked as unpublished, the dispatcher sends a new message, and the dead one is dropped after the commit.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from api_service.fleet.control import known_engines, read_every_body
from api_service.fleet.queries import runs_of_letters
from api_service.fleet.schema import DeadLetterQuery, DeadLettersSchema, RequeuedSchema, RequeueSchema
from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.dependencies import dependencies
from api_service.http.fields import is_plain
from api_service.http.paging import MAX_LIMIT
from api_service.http.problem import away, not_found
from api_service.identity import audit
from api_service.identity.scope import Scope, needs
from shared.messages import BrokerAway, DeadLetter
from shared.window.lost import publish_again

blp = Blueprint(
    "dead_letters", __name__, url_prefix=f"{links.V1}/queues", description="Messages that no worker could read."
)
blp.before_request(read_every_body)


@blp.route("/<engine>/dead-letters")
@needs(Scope.ADMIN)
@blp.arguments(DeadLetterQuery, location="query")
@blp.response(200, DeadLettersSchema)
@blp.problems(404)
def list_all(query: dict[str, Any], engine: str) -> dict[str, Any]:
    """List the oldest dead letters of an engine's queue; they stay where they are."""
    letters = _read(engine, query["limit"])
    with dependencies().database.transaction() as connection:
        runs = runs_of_letters(connection, [letter.run_id for letter in letters if letter.run_id is not None])
    items = []
    for letter in letters:
        simulation_id, status = runs.get(letter.run_id, (None, None)) if letter.run_id else (None, None)
        items.append(asdict(letter) | {"simulation_id": simulation_id, "run_status": status})
    return {"engine": engine, "items": items}


@blp.route("/<engine>/dead-letters/requeue", methods=["POST"])
@blp.arguments(RequeueSchema, required=False)
@blp.response(200, RequeuedSchema)
@blp.problems(404, 415, 422)
@needs(Scope.ADMIN)
def requeue(asked: dict[str, Any], engine: str) -> dict[str, Any]:
    """Send new messages for the runs of dead letters that are still queued, and drop these letters.

    Letters whose run has started or ended are dropped too. One call takes the 200 oldest letters.
    """
    letters = _read(engine, MAX_LIMIT)
    if (wanted := asked.get("id")) is not None:
        letters = [letter for letter in letters if letter.id == wanted]
        if not letters:
            raise not_found("Dead letter")
    named = {letter.run_id for letter in letters if letter.run_id is not None}
    with dependencies().database.transaction() as connection:
        requeued = set(publish_again(connection, named))
        done = {
            "requeued": len(requeued),
            "over": sum(letter.run_id is not None and letter.run_id not in requeued for letter in letters),
            "unreadable": sum(letter.run_id is None for letter in letters),
        }
        if letters:
            thing = f"queues/{engine}/dead-letters" + (f"/{wanted}" if wanted else "")
            audit.note(connection, "dead_letters.requeued", thing, **done)
    dependencies().dispatch.poke()
    # After the commit: a process that ends here leaves letters whose runs are sent already, which costs nothing.
    dropped = {letter.id for letter in letters if letter.run_id is not None or wanted is not None}
    try:
        remaining = dependencies().broker.drop_dead_letters(engine, dropped, MAX_LIMIT)
    except BrokerAway as error:
        raise away(f"The runs are sent again, but the dead letters are still there: {error}") from error
    return {"engine": engine, **done, "remaining": remaining}


def _read(engine: str, most: int) -> Sequence[DeadLetter]:
    with dependencies().database.transaction() as connection:
        if not is_plain(engine) or engine not in known_engines(connection):
            raise not_found("Queue")
    try:
        return dependencies().broker.dead_letters(engine, most)
    except BrokerAway as error:
        raise away(str(error)) from error
