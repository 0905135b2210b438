"""The circuit breaker of a simulation: too many failed runs, and the rest is held until its user releases it.

The transaction that ends the last of these runs opens it, and changes no other run. From then on no run of the
simulation is published (`shared/window/choose.py`) or claimed (`claim.py`). The scheduler then holds the queued runs
chunk by chunk, each in a transaction of its own, so that workers which end its other runs need not wait.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Select, and_, delete, exists, func, null, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.db.conditions import checked
from shared.db.database import Database
from shared.db.tables import FailureCause, Run, Simulation
from shared.energyplus.cause import cause_of
from shared.enums import HeldReason, Status
from shared.spec import StopSpec, StudySpec
from shared.state.chunks import chunks, in_chunk
from shared.state.finished import Failure
from shared.state.held_runs import can_be_held, hold_runs
from shared.state.writer import lock_simulation, record, stands_at

#: The cause of all failures, where they need not have the same.
ANY_CAUSE = ""
#: Characters of an error that are kept as the cause.
MOST_TEXT = 500


def note_failure(connection: Connection, simulation_id: UUID, run_id: UUID, failure: Failure) -> None:
    """Count a failed run of a simulation, whose row the caller has locked; opens its breaker when there are enough."""
    simulation = connection.execute(
        select(Simulation.stop_rule, Simulation.ended_at, Simulation.breaker_opened_at).where(
            Simulation.id == simulation_id
        )
    ).one()
    if not simulation.stop_rule or simulation.ended_at is not None or simulation.breaker_opened_at is not None:
        return
    rule = StudySpec.from_json({"stop_after_failures": simulation.stop_rule}).stop_after_failures or StopSpec()
    failures = _add(
        connection, simulation_id, cause_of(failure.code, failure.message) if rule.same_cause else ANY_CAUSE
    )
    if failures < rule.count:
        return
    cause = {
        "failures": failures,
        "same_cause": rule.same_cause,
        "code": failure.code,
        "message": failure.message[:MOST_TEXT],
        "run_id": str(run_id),
    }
    connection.execute(
        update(Simulation)
        .where(Simulation.id == simulation_id)
        .values(breaker_opened_at=func.now(), breaker_held_at=None, breaker_cause=cause)
    )
    record(connection, simulation_id, "simulation.breaker_opened", failures=failures, code=failure.code)


def close_breaker(connection: Connection, simulation_id: UUID) -> None:
    """Close the breaker of a simulation, whose row the caller has locked, and begin to count anew."""
    connection.execute(
        update(Simulation)
        .where(Simulation.id == simulation_id)
        .values(breaker_opened_at=None, breaker_held_at=None, breaker_cause=null())
    )
    connection.execute(delete(FailureCause).where(FailureCause.simulation_id == simulation_id))


def tripped() -> Select[UUID]:
    """The simulations whose breaker is open and whose queued runs are not all held yet."""
    return select(Simulation.id).where(
        Simulation.breaker_opened_at.is_not(None),
        Simulation.breaker_held_at.is_(None),
        Simulation.ended_at.is_(None),
    )


def to_hold(connection: Connection) -> Sequence[UUID]:
    """The simulations for `hold_rest`; one that is being cancelled has no runs left to hold."""
    return connection.scalars(tripped().where(checked(Simulation.cancel_requested_at.is_(None)))).all()


def hold_rest(database: Database, simulation_id: UUID) -> bool:
    """Hold the queued runs of a simulation whose breaker is open; whether this call was the one that completed it.

    A user may release the simulation meanwhile, which ends this; the runs that it has freed would be missed if the
    breaker has opened again since. Raises DatabaseAway.
    """
    with database.transaction() as connection:
        columns = (Simulation.total, Simulation.breaker_opened_at)
        opened = connection.execute(select(*columns).where(Simulation.id == simulation_id)).one_or_none()
    if opened is None:
        return False
    for first in chunks(opened.total):
        with database.transaction() as connection:
            if not _is_tripped(connection, simulation_id, opened.breaker_opened_at):
                return False
            hold_runs(
                connection,
                HeldReason.CANARY,
                in_chunk(simulation_id, first),
                stands_at(Status.QUEUED),
                can_be_held(),
            )
    with database.transaction() as connection:
        if not _is_tripped(connection, simulation_id, opened.breaker_opened_at):
            return False
        done = update(Simulation).where(Simulation.id == simulation_id).values(breaker_held_at=func.now())
        return connection.execute(done).rowcount > 0


def hold_again(connection: Connection, simulation_id: UUID, run_id: UUID) -> None:
    """Have the scheduler hold the rest once more, if this run of a simulation whose breaker is open is free.

    A process of a version without breakers may have put it into the queue after the others were held. It would be
    published, and refused, without end.
    """
    free = exists().where(Run.id == run_id, stands_at(Status.QUEUED), can_be_held())
    connection.execute(
        update(Simulation)
        .where(
            Simulation.id == simulation_id,
            checked(and_(Simulation.breaker_opened_at.is_not(None), Simulation.breaker_held_at.is_not(None))),
            free,
        )
        .values(breaker_held_at=None)
    )


def _is_tripped(connection: Connection, simulation_id: UUID, opened_at: datetime | None) -> bool:
    simulation = lock_simulation(connection, simulation_id)
    return (
        simulation is not None
        and simulation.breaker_opened_at is not None
        and simulation.breaker_opened_at == opened_at
        and simulation.breaker_held_at is None
        and simulation.cancel_requested_at is None
        and simulation.ended_at is None
    )


def _add(connection: Connection, simulation_id: UUID, cause: str) -> int:
    one = insert(FailureCause).values(simulation_id=simulation_id, cause=cause, failures=1)
    key = [FailureCause.simulation_id, FailureCause.cause]
    more = one.on_conflict_do_update(index_elements=key, set_={"failures": FailureCause.failures + 1})
    return connection.execute(more.returning(FailureCause.failures)).scalar_one()
