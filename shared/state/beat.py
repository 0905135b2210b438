"""The beat: one UPDATE for all runs of a worker renews leases, writes progress and returns requested cancellations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, Integer, String, Uuid, column, func, update, values

from shared.db.tables import Run
from shared.enums import Status
from shared.state.writer import stands_at


@dataclass(frozen=True, slots=True)
class Beat:
    """Report of a worker about one of its runs; `progress` is in percent, 0-99."""

    run_id: UUID
    attempt: int
    progress: int
    message: str


@dataclass(frozen=True, slots=True)
class Answers:
    """Result of a beat: runs whose lease was renewed, and those of them to be killed because of a cancellation.

    A run in neither set is lost: its attempt was reaped after the lease had expired, or its deadline has passed.
    """

    held: frozenset[UUID]
    cancelled: frozenset[UUID]


def beat(connection: Connection, beats: Sequence[Beat], *, lease: timedelta) -> Answers:
    """Renew the leases of `beats` and write their progress; only for attempts that are still the current ones."""
    if not beats:
        return Answers(frozenset(), frozenset())
    said = values(
        column("run_id", Uuid),
        column("attempt", Integer),
        column("progress", Integer),
        column("message", String),
        name="said",
    ).data([(b.run_id, b.attempt, b.progress, b.message) for b in beats])
    rows = connection.execute(
        update(Run)
        .where(
            Run.id == said.c.run_id,
            Run.attempt == said.c.attempt,
            stands_at(Status.RUNNING),
            Run.deadline_at > func.now(),
        )
        .values(
            lease_expires_at=func.now() + lease,
            progress=func.greatest(Run.progress, said.c.progress),
            message=said.c.message,
        )
        .returning(Run.id, Run.cancel_requested_at)
    ).all()
    return Answers(
        held=frozenset(row.id for row in rows),
        cancelled=frozenset(row.id for row in rows if row.cancel_requested_at is not None),
    )
