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
    """Changes up to `snapshot`: since the snapshot `seen`, or without it all with revisions from `floor` on."""

    snapshot: str
    floor: int
    seen: str | None = None

    def has(self, revision: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        """SQL condition: the row was changed in this window."""
        changed = and_(revision >= self.floor, is_of_server(revision, self.snapshot))
        return changed if self.seen is None else and_(changed, unseen(revision, self.seen))


def is_of_server(revision: InstrumentedAttribute[int | None], snapshot: str) -> ColumnElement[bool]:
    """SQL condition: the revision may be of this server; rows of a dump have those of another, which may be higher."""
    return revision < first_after(snapshot)


class Position(NamedTuple):
    """A snapshot, as text, and the highest revision of a simulation that is deleted from the database."""

    snapshot: str
    forgotten: int


class ChangedSimulation(NamedTuple):
    """A simulation that was submitted, deleted or changed itself."""

    id: UUID
    owner: str
    is_deleted: bool
    revision: int


class ChangedRun(NamedTuple):
    """A run that has changed."""

    id: UUID
    revision: int


class ChangedRuns(NamedTuple):
    """How many runs of one simulation have changed, and the highest of their revisions."""

    simulation_id: UUID
    runs: int
    revision: int
    owner: str


def read_position(connection: Connection) -> Position:
    """Returns the snapshot that the transaction sees."""
    current = cast(func.pg_current_snapshot(), Text)
    snapshot, forgotten = connection.execute(select(current, select(Forgotten.revision).scalar_subquery())).one()
    # One that is higher comes from a dump.
    return Position(snapshot, forgotten if forgotten is not None and forgotten < first_after(snapshot) else 0)


def read_horizon(connection: Connection, snapshot: str) -> int:
    """Returns the revision that is so many changes back that a stream cannot be resumed from before it."""
    found = [
        select(revision)
        .where(is_of_server(revision, snapshot))
        .order_by(revision.desc())
        .offset(RESUMABLE_CHANGES)
        .limit(1)
        for revision in (Run.revision, Simulation.revision)
    ]
    return connection.scalar(select(func.greatest(*(statement.scalar_subquery() for statement in found), 0))) or 0


def changed_simulations(connection: Connection, window: Window) -> list[ChangedSimulation]:
    """Returns the simulations that have changed, but for their counters."""
    rows = connection.execute(
        select(Simulation.id, Simulation.owner, Simulation.deleted_at.is_not(None), Simulation.revision)
        .where(window.has(Simulation.revision))
        .order_by(Simulation.revision)
        .limit(MOST_SIMULATIONS + 1)
    )
    return [
        ChangedSimulation(simulation_id, owner, is_deleted, revision or 0)
        for simulation_id, owner, is_deleted, revision in rows
    ]


def count_changed_runs(connection: Connection, window: Window) -> list[ChangedRuns]:
    """Returns how many runs have changed, by simulation."""
    changed = (
        select(Run.simulation_id, func.count().label("runs"), func.max(Run.revision).label("revision"))
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
        select(Run.id, Run.revision).where(
            # Found by revision: an index of the simulation leads to all of its runs.
            window.has(Run.revision),
            checked(Run.simulation_id.in_(simulation_ids)),
        )
    )
    return [ChangedRun(run_id, revision or 0) for run_id, revision in rows]
