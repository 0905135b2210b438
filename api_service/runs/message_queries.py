"""Queries of what EnergyPlus said in runs."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, select

from api_service.http.cursor import Page, decode, encode, page
from shared.db.tables import RunMessage

#: Number of messages returned with a run; a faulty model causes thousands, and `/messages` returns all of them.
SHOWN_MESSAGES = 50


@dataclass(frozen=True, slots=True)
class MessageView:
    """One distinct message of EnergyPlus."""

    severity: str
    text: str
    count: int
    object: dict[str, Any] | None


def first_messages(connection: Connection, ids: Collection[UUID]) -> dict[UUID, list[MessageView]]:
    """Returns up to SHOWN_MESSAGES of each run, most severe first."""
    found: dict[UUID, list[MessageView]] = defaultdict(list)
    statement = (
        select(RunMessage.__table__)
        .where(RunMessage.run_id.in_(ids), RunMessage.ordinal < SHOWN_MESSAGES)
        .order_by(RunMessage.ordinal)
    )
    for row in connection.execute(statement).mappings():
        found[row["run_id"]].append(_message(row))
    return found


def list_messages(
    connection: Connection, run_id: UUID, *, severity: str | None, limit: int, cursor: str | None
) -> Page[MessageView]:
    """Returns up to `limit` messages of a run, most severe first. Raises Problem for an invalid cursor."""
    statement = select(RunMessage.__table__).where(RunMessage.run_id == run_id)
    if severity is not None:
        statement = statement.where(RunMessage.severity == severity)
    if cursor is not None:
        statement = statement.where(RunMessage.ordinal > decode(cursor, "messages", int)[0])
    statement = statement.order_by(RunMessage.ordinal).limit(limit + 1)
    rows, more = page(connection.execute(statement).mappings().all(), limit)
    return Page([_message(row) for row in rows], encode("messages", rows[-1]["ordinal"]) if more else None)


def _message(row: RowMapping) -> MessageView:
    return MessageView(row["severity"], row["text"], row["count"], row["object"])
