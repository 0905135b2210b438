"""The one writer of statuses: carries out a transition on runs, keeps the simulation's terminal counters and ends it.

Called by the verbs beside it, never from outside. It updates only rows that stand where the transition starts, so
whoever comes second changes nothing.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    func,
    insert,
    literal,
    null,
    select,
    text,
    update,
)

from shared.db.conditions import checked
from shared.db.tables import Event, Run, Simulation
from shared.enums import Status
from shared.state.transitions import END_CANCELLED, END_FAILED, END_SUCCEEDED, SimulationTransition, Transition

#: Told whenever a run becomes queued or a place in a window becomes free; the scheduler listens.
DISPATCH_CHANNEL = "epsm_dispatch"


def lock_simulation(connection: Connection, simulation_id: UUID) -> Row[Any] | None:
    """Take the simulation's row, first of all locks; None when there is no such simulation."""
    return connection.execute(
        select(Simulation).where(Simulation.id == simulation_id).with_for_update(key_share=True)
    ).one_or_none()


def move(
    connection: Connection,
    transition: Transition,
    *conditions: ColumnElement[bool],
    values: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
) -> Sequence[Row[Any]]:
    """Carry out `transition` on every run that meets `conditions` and stands at its source; the rows as they are now.

    `values` are further columns, `data` goes into each run's event.
    """
    leaving = {"lease_expires_at": None, "deadline_at": None} if transition.source is Status.RUNNING else {}
    ending = {"ended_at": func.now()} if transition.target.ended else {}
    moved = connection.execute(
        update(Run)
        .where(stands_at(transition.source), *conditions)
        .values({"status": transition.target.value, **leaving, **ending, **(values or {})})
        .returning(Run.__table__)
    ).all()
    if moved:
        connection.execute(
            insert(Event),
            [
                {"simulation_id": run.simulation_id, "run_id": run.id, "name": transition.event, "data": data or {}}
                for run in moved
            ],
        )
        if transition.target is not Status.RUNNING:
            wake_dispatcher(connection)
    return moved


def stands_at(status: Status) -> ColumnElement[bool]:
    """That a run has this status, for a run that is found by its key."""
    return checked(Run.status == status.value)


def move_simulation(
    connection: Connection,
    transition: SimulationTransition,
    simulation_id: UUID,
    *conditions: ColumnElement[bool],
    values: dict[str, Any] | None = None,
) -> bool:
    """Carry out `transition` on a simulation that meets `conditions` and stands at its source; whether it did."""
    sources = [source.value for source in transition.sources]
    moved = connection.execute(
        update(Simulation)
        .where(Simulation.id == simulation_id, checked(Simulation.status.in_(sources)), *conditions)
        .values({"status": transition.target.value, **(values or {})})
    )
    return moved.rowcount > 0


def count(
    connection: Connection, simulation_id: UUID, *, succeeded: int = 0, failed: int = 0, cancelled: int = 0
) -> None:
    """Add to the terminal counters; the addition that completes the simulation ends it, so it ends once a round."""
    total_succeeded = Simulation.succeeded + succeeded
    total_failed = Simulation.failed + failed
    complete = Simulation.total == total_succeeded + total_failed + Simulation.cancelled + cancelled
    row = connection.execute(
        update(Simulation)
        .where(Simulation.id == simulation_id)
        .values(
            succeeded=total_succeeded,
            failed=total_failed,
            cancelled=Simulation.cancelled + cancelled,
            ended_at=case((complete, func.now()), else_=null()),
            status=case(
                (Simulation.cancel_requested_at.is_not(None), Simulation.status),
                (and_(complete, total_succeeded > 0), literal(END_SUCCEEDED.target.value)),
                (and_(complete, total_failed > 0), literal(END_FAILED.target.value)),
                (complete, literal(END_CANCELLED.target.value)),
                else_=Simulation.status,
            ),
        )
        .returning(Simulation.ended_at, Simulation.status, Simulation.round)
    ).one()
    if row.ended_at is not None:
        record(connection, simulation_id, f"simulation.{row.status}", round=row.round)


def record(connection: Connection, simulation_id: UUID, name: str, **data: object) -> None:
    """Write an event of the simulation as a whole."""
    connection.execute(insert(Event).values(simulation_id=simulation_id, name=name, data=data))


def wake_dispatcher(connection: Connection) -> None:
    """Tell whoever listens, once this transaction has committed, that there may be something to dispatch."""
    connection.execute(text(f"NOTIFY {DISPATCH_CHANNEL}"))
