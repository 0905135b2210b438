"""Limits per owner: queued runs, running runs, bytes in the store. A limit of 0 means no limit.

Checked by submit, retry and claim, and by the API before it stores files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CTE, Connection, ScalarSelect, Select, func, select

from shared.db.locks import LockSpace, wait_for_lock
from shared.db.tables import Artifact, Run, RunFile, Simulation, SimulationInput
from shared.enums import Status
from shared.errors import Conflict


@dataclass(slots=True, eq=False)
class OverCap(Conflict):
    """The owner has `has` runs or bytes and requests `adding` more, together above `maximum`."""

    has: int
    adding: int
    maximum: int

    def __str__(self) -> str:
        return f"{self.has} and {self.adding} more are above {self.maximum}"

    @property
    def is_hopeless(self) -> bool:
        """Whether `adding` alone is above the limit, so that trying again later cannot help."""
        return self.adding > self.maximum


def check_queued(connection: Connection, owner: str, adding: int, maximum: int) -> None:
    """Check, before any rows are written, that the owner may queue `adding` more runs. Raises OverCap."""
    if maximum and (queued := queued_runs(connection, owner)) + adding > maximum:
        raise OverCap(queued, adding, maximum)


def confirm_queued(connection: Connection, owner: str, added: int, maximum: int) -> None:
    """Check the limit again after `added` runs have been written; concurrent calls for an owner wait for each other.

    The advisory lock is the last one that a transaction takes, so it is held only for a moment, however long writing
    the runs took. Raises OverCap.
    """
    if maximum:
        wait_for_lock(connection, LockSpace.OWNER_QUEUES, owner)
        if (queued := queued_runs(connection, owner)) > maximum:
            raise OverCap(queued - added, added, maximum)


def queued_runs(connection: Connection, owner: str) -> int:
    """Number of the owner's queued runs."""
    ended = Simulation.succeeded + Simulation.failed + Simulation.cancelled
    open_runs = select(func.coalesce(func.sum(Simulation.total - ended), 0)).where(
        Simulation.owner == owner, Simulation.ended_at.is_(None)
    )
    return int(connection.scalar(select(open_runs.scalar_subquery() - _running(owner))) or 0)


def may_start(connection: Connection, simulation_id: UUID, maximum: int) -> bool:
    """Whether the owner of the simulation may have one more running run.

    Claims for one owner are serialised by an advisory lock, which is held until the transaction ends.
    """
    if not maximum:
        return True
    owner = connection.scalar(select(Simulation.owner).where(Simulation.id == simulation_id))
    if owner is None:
        return True
    wait_for_lock(connection, LockSpace.OWNER_STARTS, owner)
    return (connection.scalar(select(_running(owner))) or 0) < maximum


def check_stored(connection: Connection, owner: str, files: Mapping[str, int], maximum: int) -> None:
    """Check that the owner may store `files`, given as sizes in bytes by hash. Raises OverCap.

    The limit is not strict: it takes no lock. Workers ask again before they store results.
    """
    if not maximum:
        return
    mine = _inputs(owner)
    known = set(connection.scalars(mine.where(SimulationInput.sha256.in_(files))))
    adding = sum(size for sha256, size in files.items() if sha256 not in known)
    if (stored := stored_bytes(connection, owner)) + adding > maximum:
        raise OverCap(stored, adding, maximum)


def running_runs(connection: Connection, owner: str) -> int:
    """Number of the owner's running runs."""
    return connection.scalar(select(_running(owner))) or 0


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


def running_simulations() -> CTE:
    """The simulation of each running run: few rows, read by their own index whatever else the statement reads."""
    running = select(Run.simulation_id).where(Run.status == Status.RUNNING.value)
    return running.cte("running", nesting=True).prefix_with("MATERIALIZED")


def _running(owner: str) -> ScalarSelect[int]:
    # From the running runs to the owner of each: starting from the owner would read all simulations of the owner.
    running = running_simulations()
    whose = select(Simulation.owner).where(Simulation.id == running.c.simulation_id).scalar_subquery()
    return select(func.count()).select_from(running).where(whose == owner).scalar_subquery()
