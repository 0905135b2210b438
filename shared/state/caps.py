"""What one owner may have at once: runs that are queued, runs that go on, bytes in the store. A cap of 0 is none.

Called by the verbs that queue and start runs, and by the API before it stores anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, ScalarSelect, Select, func, select

from shared.db.locks import LockSpace, wait_for_lock
from shared.db.tables import Artifact, Run, RunFile, Simulation, SimulationInput
from shared.enums import Status
from shared.errors import Conflict


@dataclass(slots=True, eq=False)
class OverCap(Conflict):
    """The owner has `has` and wants `adding` more than that, which is above `maximum`."""

    has: int
    adding: int
    maximum: int

    def __str__(self) -> str:
        return f"{self.has} and {self.adding} more are above {self.maximum}"

    @property
    def is_hopeless(self) -> bool:
        """Whether it is too much even for an owner who has nothing."""
        return self.adding > self.maximum


def check_queued(connection: Connection, owner: str, adding: int, maximum: int) -> None:
    """Make sure that `adding` runs may be queued, before any work is put into them. Raises OverCap."""
    if maximum and (queued := queued_runs(connection, owner)) + adding > maximum:
        raise OverCap(queued, adding, maximum)


def confirm_queued(connection: Connection, owner: str, added: int, maximum: int) -> None:
    """Make sure of it once the runs are written: of two at once the second waits here for the first. Raises OverCap.

    It is the last lock that a transaction takes, and held for a moment, however long the runs took to write.
    """
    if maximum:
        wait_for_lock(connection, LockSpace.OWNER_QUEUES, owner)
        if (queued := queued_runs(connection, owner)) > maximum:
            raise OverCap(queued - added, added, maximum)


def queued_runs(connection: Connection, owner: str) -> int:
    """How many of the owner's runs are queued."""
    ended = Simulation.succeeded + Simulation.failed + Simulation.cancelled
    open_runs = select(func.coalesce(func.sum(Simulation.total - ended), 0)).where(
        Simulation.owner == owner, Simulation.ended_at.is_(None)
    )
    return int(connection.scalar(select(open_runs.scalar_subquery() - _running(owner))) or 0)


def may_start(connection: Connection, simulation_id: UUID, maximum: int) -> bool:
    """Whether one more run of the simulation's owner may go on. Claims of one owner take turns until they commit."""
    if not maximum:
        return True
    owner = connection.scalar(select(Simulation.owner).where(Simulation.id == simulation_id))
    if owner is None:
        return True
    wait_for_lock(connection, LockSpace.OWNER_STARTS, owner)
    return (connection.scalar(select(_running(owner))) or 0) < maximum


def check_stored(connection: Connection, owner: str, files: Mapping[str, int], maximum: int) -> None:
    """Make sure that `files`, sizes by hash, may be stored for the owner. Raises OverCap.

    Results come in later without being asked, so the cap is one of good order and takes no lock.
    """
    if not maximum:
        return
    mine = _inputs(owner)
    known = set(connection.scalars(mine.where(SimulationInput.sha256.in_(files))))
    adding = sum(size for sha256, size in files.items() if sha256 not in known)
    if (stored := stored_bytes(connection, owner)) + adding > maximum:
        raise OverCap(stored, adding, maximum)


def stored_bytes(connection: Connection, owner: str) -> int:
    """Bytes of the inputs that the owner's simulations refer to, each file once, and of the results of their runs."""
    inputs = select(func.coalesce(func.sum(Artifact.size), 0)).where(Artifact.sha256.in_(_inputs(owner)))
    results = (
        select(func.coalesce(func.sum(RunFile.size), 0))
        .join(Run, Run.id == RunFile.run_id)
        .join(Simulation, Simulation.id == Run.simulation_id)
        .where(Simulation.owner == owner, Simulation.deleted_at.is_(None))
    )
    return int(connection.scalar(select(inputs.scalar_subquery() + results.scalar_subquery())) or 0)


def _inputs(owner: str) -> Select[str]:
    return (
        select(SimulationInput.sha256)
        .join(Simulation, Simulation.id == SimulationInput.simulation_id)
        .where(Simulation.owner == owner, Simulation.deleted_at.is_(None))
    )


def _running(owner: str) -> ScalarSelect[int]:
    # From what runs to whose it is, one by one: the other way leads through everything that the owner has.
    running = (
        select(Run.simulation_id)
        .where(Run.status == Status.RUNNING.value)
        .cte("running", nesting=True)
        .prefix_with("MATERIALIZED")
    )
    whose = select(Simulation.owner).where(Simulation.id == running.c.simulation_id).scalar_subquery()
    return select(func.count()).select_from(running).where(whose == owner).scalar_subquery()
