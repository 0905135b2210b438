"""What has changed since an earlier snapshot, for all followers together; streams decide who sees what."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from shared.db.conditions import checked
from shared.db.revision import Forgotten, first_after, unseen
from shared.db.tables import Run, Simulation

#: Simulations that are looked at after a window; when more have changed, followers read again.
MOST_SIMULATIONS = 5_000
#: Changed runs, and changed simulations, through which a stream can be resumed.
RESUMABLE_CHANGES = 5_000


@dataclass(frozen=True, slots=True)
class Window:
    """Changes from the snapshot `seen` up to `snapshot`; with revisions from `floor` on, also some from before it."""

    seen: str
    snapshot: str
    floor: int

    def has(self, revision: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        """SQL condition: the row was changed in this window, or at least since `floor`."""
        # Rows of a dump have revisions of another server, which may be higher than any here.
        return and_(revision >= self.floor, revision < first_after(self.snapshot))


class Position(NamedTuple):
    """A snapshot, as text, and the highest revision of a simulation that is deleted from the database."""

    snapshot: str
    forgotten: int


class ChangedSimulation(NamedTuple):
    """A simulation that was submitted, deleted or changed itself; `is_new`: since the snapshot that was seen."""

    id: UUID
    owner: str
    is_deleted: bool
    revision: int
    is_new: bool


class ChangedRun(NamedTuple):
    """A run that has changed."""

    id: UUID
    revision: int
    is_new: bool


class ChangedRuns(NamedTuple):
    """The changed runs of one simulation; `is_new`: some have changed since the snapshot that was seen."""

    simulation_id: UUID
    runs: int
    revision: int
    is_new: bool
    owner: str


def read_position(connection: Connection) -> Position:
    """Returns the snapshot that the transaction sees."""
    snapshot = cast(func.pg_current_snapshot(), Text)
    row = connection.execute(select(snapshot, select(Forgotten.revision).scalar_subquery())).one()
    return Position(row[0], row[1] or 0)


def read_horizon(connection: Connection) -> int:
    """Returns the revision that is so many changes back that a stream cannot be resumed from before it."""
    found = [
        select(revision).where(revision.is_not(None)).order_by(revision.desc()).offset(RESUMABLE_CHANGES).limit(1)
        for revision in (Run.revision, Simulation.revision)
    ]
    return connection.scalar(select(func.greatest(*(statement.scalar_subquery() for statement in found), 0))) or 0


def changed_simulations(connection: Connection, window: Window) -> list[ChangedSimulation]:
    """Returns the simulations that have changed, but for their counters."""
    rows = connection.execute(
        select(
            *(Simulation.id, Simulation.owner, Simulation.deleted_at.is_not(None)),
            *(Simulation.revision, unseen(Simulation.revision, window.seen)),
        )
        .where(window.has(Simulation.revision))
        .order_by(Simulation.revision)
        .limit(MOST_SIMULATIONS + 1)
    )
    return [
        ChangedSimulation(simulation_id, owner, is_deleted, revision or 0, is_new)
        for simulation_id, owner, is_deleted, revision, is_new in rows
    ]


def count_changed_runs(connection: Connection, window: Window) -> list[ChangedRuns]:
    """Returns how many runs have changed, by simulation."""
    changed = (
        select(
            *(Run.simulation_id, func.count().label("runs"), func.max(Run.revision).label("revision")),
            func.bool_or(unseen(Run.revision, window.seen)).label("is_new"),
        )
        .where(window.has(Run.revision))
        .group_by(Run.simulation_id)
        .limit(MOST_SIMULATIONS + 1)
        .cte("changed")
        .prefix_with("MATERIALIZED")
    )
    owner = select(Simulation.owner).where(Simulation.id == changed.c.simulation_id).scalar_subquery()
    return [ChangedRuns(*row) for row in connection.execute(select(changed, owner))]


def changed_runs(connection: Connection, window: Window, simulation_ids: Collection[UUID]) -> list[ChangedRun]:
    """Returns the changed runs of some simulations."""
    rows = connection.execute(
        select(Run.id, Run.revision, unseen(Run.revision, window.seen)).where(
            # Found by revision: an index of the simulation leads to all of its runs.
            window.has(Run.revision),
            checked(Run.simulation_id.in_(simulation_ids)),
        )
    )
    return [ChangedRun(run_id, revision or 0, is_new) for run_id, revision, is_new in rows]
