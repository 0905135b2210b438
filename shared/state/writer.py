"""Compare-and-set updates of the status of runs and simulations; no other module updates a status.

An update changes only rows whose status is the source of the transition, so of two concurrent transitions of a row the
second changes nothing. The module also maintains the terminal counters of a simulation and ends it with its last run.
The functions that change a status are called within `shared.state` only; `wake_dispatcher` and DISPATCH_CHANNEL are
used by `shared.window` and the scheduler too.
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
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.conditions import checked
from shared.db.tables import Event, Run, Simulation
from shared.enums import Status
from shared.state.chunks import in_chunk
from shared.state.transitions import END_CANCELLED, END_FAILED, END_SUCCEEDED, SimulationTransition, Transition

#: Channel of Postgres notifications: a run has become queued, or a place in a window free. The scheduler listens.
DISPATCH_CHANNEL = "epsm_dispatch"


def lock_simulation(connection: Connection, simulation_id: UUID) -> Row[Any] | None:
    """Lock the simulation's row, which must be the first row lock of a transaction; None when it does not exist."""
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
    """Carry out `transition` on runs that meet `conditions` and have its source status; returns the updated rows.

    For single runs; `move_chunk` is for many.

    `values` are further columns to set, `data` is stored in each run's event. Wakes the dispatcher unless the runs
    start.
    """
    moved = connection.execute(
        update(Run)
        .where(stands_at(transition.source), *conditions)
        .values({**_columns(transition), **(values or {})})
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


def move_chunk(
    connection: Connection,
    transition: Transition,
    simulation_id: UUID,
    first: int,
    *conditions: ColumnElement[bool],
    values: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
) -> int:
    """As `move`, for the runs of one chunk; returns their number. Events are inserted by the same statement."""
    moved = (
        update(Run)
        .where(in_chunk(simulation_id, first), stands_at(transition.source), *conditions)
        .values({**_columns(transition), **(values or {})})
        .returning(Run.id)
        .cte("moved")
    )
    events = select(literal(simulation_id), moved.c.id, literal(transition.event), literal(data or {}, JSONB))
    number = connection.execute(
        insert(Event).from_select(["simulation_id", "run_id", "name", "data"], events, include_defaults=False)
    ).rowcount
    if number:
        wake_dispatcher(connection)
    return number


def stands_at(status: Status) -> ColumnElement[bool]:
    """SQL condition: the run has this status. For statements that find the run by its key (see `checked`)."""
    return checked(Run.status == status.value)


def move_simulation(
    connection: Connection,
    transition: SimulationTransition,
    simulation_id: UUID,
    *conditions: ColumnElement[bool],
    values: dict[str, Any] | None = None,
) -> bool:
    """Carry out `transition` if the simulation meets `conditions` and has a source status; returns whether it did."""
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
    """Add to the terminal counters; the addition that completes them ends the simulation, exactly once per round."""
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
    """Insert an event of the simulation as a whole."""
    connection.execute(insert(Event).values(simulation_id=simulation_id, name=name, data=data))


def wake_dispatcher(connection: Connection) -> None:
    """Notify DISPATCH_CHANNEL that there may be runs to dispatch; Postgres delivers it when the transaction commits."""
    connection.execute(text(f"NOTIFY {DISPATCH_CHANNEL}"))


def _columns(transition: Transition) -> dict[str, Any]:
    """The columns that a transition sets on every run."""
    leaving = {"lease_expires_at": None, "deadline_at": None} if transition.source is Status.RUNNING else {}
    ending = {"ended_at": func.now()} if transition.target.ended else {}
    return {"status": transition.target.value, **leaving, **ending}
