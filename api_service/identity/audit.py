"""Writes the audit log: a view calls `note` in the transaction of the action that it records.

Example: `note(connection, "simulation.cancelled", f"simulations/{id}")`. Requester, client address and correlation id
are taken from the current request. `detail` must not contain secrets.
"""

from uuid import uuid4

from flask import g, has_request_context, request
from sqlalchemy import Connection, Insert, func, insert, select

from api_service.http.observe import correlation_id
from api_service.identity.who import Identity
from shared.db.database import Database
from shared.db.tables import Audit

#: Maximum number of refusals recorded per minute and action, of all clients together: a client that is refused again
#: and again must not fill the disk.
REFUSALS_PER_MINUTE = 60
#: The `owner` of entries that are not written by a request.
COMMAND_LINE = "command line"


def note(connection: Connection, action: str, thing: str, **detail: object) -> None:
    """Writes that the requester has done `action` to `thing`, which is a path below /api/v1 where one exists."""
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
    """Writes that a request was refused, up to REFUSALS_PER_MINUTE. Raises DatabaseAway."""
    with database.transaction() as connection:
        lately = select(func.count()).where(
            Audit.action == action, Audit.at > func.now() - func.make_interval(0, 0, 0, 0, 0, 1)
        )
        if (connection.scalar(lately) or 0) < REFUSALS_PER_MINUTE:
            note(connection, action, thing, **detail)


def _entry(action: str, thing: str, detail: dict[str, object]) -> Insert:
    return insert(Audit).values(id=uuid4(), action=action, object=thing, detail=detail)
