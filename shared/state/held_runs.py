"""Queued runs that are held: `not_before` is infinity, and `held_reason` says why. The verbs are in other modules."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, cast, func, literal, or_, select, update
from sqlalchemy.types import DateTime

from shared.db.conditions import checked
from shared.db.tables import Run, Simulation
from shared.enums import HeldReason, Status
from shared.state.writer import stands_at

#: `not_before` of a run that is held until something releases it.
NEVER = cast(literal("infinity", Text), DateTime(timezone=True))
#: What a queued run may be held for, and still be held for another reason now.
OVERRIDDEN = (HeldReason.BACKOFF.value, HeldReason.TWIN.value)


def can_be_held() -> ColumnElement[bool]:
    """SQL condition: a queued run may be held for another reason now."""
    return checked(or_(Run.held_reason.is_(None), Run.held_reason.in_(OVERRIDDEN)))


def hold_runs(connection: Connection, reason: HeldReason, *conditions: ColumnElement[bool]) -> None:
    """Hold runs; the caller has locked their simulation. Their messages are consumed without effect."""
    connection.execute(
        update(Run).where(*conditions).values(held_reason=reason.value, not_before=NEVER, published_at=None)
    )


def let_go(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    """Let held runs start; the caller has locked their simulation.

    A run that was published while it was held may have a message no more.
    """
    connection.execute(
        update(Run).where(*conditions).values(held_reason=None, not_before=func.now(), published_at=None)
    )


def held_for(held_at: datetime | None, breaker_opened_at: datetime | None) -> HeldReason | None:
    """What runs have to be held for that would be free otherwise, by these columns of their simulation."""
    if held_at is not None:
        return HeldReason.USER
    return None if breaker_opened_at is None else HeldReason.CANARY


def keep_held(connection: Connection, run_id: UUID) -> None:
    """Hold a run that has come back into the queue of a held simulation, whose row the caller has locked."""
    simulation_id = select(Run.simulation_id).where(Run.id == run_id).scalar_subquery()
    simulation = connection.execute(
        select(Simulation.held_at, Simulation.breaker_opened_at).where(Simulation.id == simulation_id)
    ).one()
    if (reason := held_for(simulation.held_at, simulation.breaker_opened_at)) is not None:
        hold_runs(connection, reason, Run.id == run_id, stands_at(Status.QUEUED))
