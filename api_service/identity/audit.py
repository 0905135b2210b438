"""The audit log: a view calls `note` in the transaction of the deed it tells of.

`note(connection, "simulation.cancelled", f"simulations/{id}")`: who, from where and in which request, it finds out
itself. Nothing in `detail` may be secret.
"""

from uuid import uuid4

from flask import g, has_request_context, request
from sqlalchemy import Connection, Insert, func, insert, select

from api_service.http.observe import correlation_id
from api_service.identity.who import Identity
from shared.db.database import Database
from shared.db.tables import Audit

#: Whoever keeps being refused fills no disk: so many refusals of a kind are noted in a minute, from everybody together.
REFUSALS_PER_MINUTE = 60
#: Who acts when it is not a request.
COMMAND_LINE = "command line"


def note(connection: Connection, action: str, thing: str, **detail: object) -> None:
    """Write that the requester has done `action` to `thing`, a path below /api/v1 where there is one."""
    if not has_request_context():
        connection.execute(_entry(action, thing, detail).values(owner=COMMAND_LINE, correlation_id=""))
        return
    who: Identity | None = g.get("identity")
    if who is not None and who.owner != who.actor:
        detail["for_owner"] = who.owner
    connection.execute(
        _entry(action, thing, detail).values(
            owner=who and who.actor,
            token_id=who and who.token_id,
            session_id=who and who.session_id,
            address=request.remote_addr,
            correlation_id=correlation_id(),
        )
    )


def note_refusal(database: Database, action: str, thing: str, **detail: object) -> None:
    """Write that somebody was refused, unless a great many have been of late. Raises DatabaseAway."""
    with database.transaction() as connection:
        lately = select(func.count()).where(
            Audit.action == action, Audit.at > func.now() - func.make_interval(0, 0, 0, 0, 0, 1)
        )
        if (connection.scalar(lately) or 0) < REFUSALS_PER_MINUTE:
            note(connection, action, thing, **detail)


def _entry(action: str, thing: str, detail: dict[str, object]) -> Insert:
    return insert(Audit).values(id=uuid4(), action=action, object=thing, detail=detail)
