"""Writes the audit log: a view calls `note` in the transaction of the action that it records.

Example: `note(connection, "simulation.cancelled", f"simulations/{id}")`. Requester, client address and correlation id
are taken from the current request. `detail` must not contain secrets.
"""

from uuid import uuid4

from flask import g, has_request_context, request
from sqlalchemy import Connection, Insert, Integer, and_, cast, func, insert, select, update

from api_service.http.observe import correlation_id
from api_service.identity.who import Identity
from shared.db.database import Database
from shared.db.tables import Audit

#: Maximum numbers of entries for refusals per minute and action, of one client and of all clients, so that repeated
#: refusals neither fill the disk nor hide those of other clients. Refusals above them are counted in the last entry.
REFUSALS_OF_CLIENT, REFUSALS_PER_MINUTE = 60, 600
#: How many similar refusals an entry stands for besides its own.
OMITTED = "omitted"
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
    """Writes that a request was refused, or counts it where there are too many entries. Raises DatabaseAway.

    A client is an owner at an address, which is None without one.
    """
    who: Identity | None = g.get("identity")
    owner = who and who.actor
    lately = (Audit.action == action, Audit.at > func.now() - func.make_interval(0, 0, 0, 0, 0, 1))
    is_client = and_(Audit.owner.is_not_distinct_from(owner), Audit.address.is_not_distinct_from(request.remote_addr))
    counts = select(func.count(), func.count().filter(is_client)).where(*lately)
    with database.transaction() as connection:
        of_all, of_client = connection.execute(counts).one()
        if of_client < REFUSALS_OF_CLIENT and of_all < REFUSALS_PER_MINUTE:
            note(connection, action, thing, **detail)
            return
        alike = (*lately, is_client) if of_client else lately
        last = select(Audit.id).where(*alike).order_by(Audit.at.desc()).limit(1).scalar_subquery()
        omitted = func.coalesce(cast(Audit.detail[OMITTED].astext, Integer), 0) + 1
        more = func.jsonb_build_object(OMITTED, omitted)
        connection.execute(update(Audit).where(Audit.id == last).values(detail=Audit.detail.op("||")(more)))


def _entry(action: str, thing: str, detail: dict[str, object]) -> Insert:
    return insert(Audit).values(id=uuid4(), action=action, object=thing, detail=detail)
