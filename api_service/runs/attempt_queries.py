"""Queries of the attempts of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from api_service.http.cursor import Page, decode, encode, page
from shared.db.tables import Attempt


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One try at a run; `outcome` and `ended_at` are None while it goes on, `phases` are seconds by name."""

    number: int
    worker: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    error_message: str | None
    phases: Mapping[str, float]


def list_attempts(connection: Connection, run_id: UUID, *, limit: int, cursor: str | None) -> Page[AttemptView]:
    """Returns up to `limit` attempts of a run that the requester may see, the last one first.

    Raises Problem for an invalid cursor.
    """
    statement = select(
        Attempt.number,
        Attempt.worker_id,
        Attempt.started_at,
        Attempt.ended_at,
        Attempt.outcome,
        Attempt.error_message,
        Attempt.phases,
    ).where(Attempt.run_id == run_id)
    if cursor is not None:
        statement = statement.where(Attempt.number < decode(cursor, "attempts", int)[0])
    rows, more = page(connection.execute(statement.order_by(Attempt.number.desc()).limit(limit + 1)).all(), limit)
    return Page([AttemptView(*row) for row in rows], encode("attempts", rows[-1].number) if more else None)
