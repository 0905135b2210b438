"""Retention: deletes expired simulations with their results, unreferenced inputs, and old events.

Rows are tombstoned first, in a separate transaction, so that no new row can refer to a file that is about to be
deleted. Files are deleted with no transaction open; rows are deleted last. If the process is killed at any point, the
next pass continues. `orphans.py` deletes files without rows and old scratch directories.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Connection, Uuid, and_, delete, exists, func, literal, or_, select, update
from sqlalchemy.orm import aliased

from scheduler_service.only_one import only_one
from shared import metrics
from shared.db.conditions import checked
from shared.db.database import Database
from shared.db.tables import Artifact, ArtifactOwner, Event, Run, Simulation, SimulationInput
from shared.logging import get_logger
from shared.state.removed_runs import remove_runs
from shared.storage import Storage
from shared.storage.base import outputs_prefix

log = get_logger(__name__)

#: Maximum number of simulations, and of inputs, in one pass: a pass must be short, and the next one comes soon.
BATCH = 100
#: Maximum number of runs that are deleted in one transaction, each with its rows of seven other tables.
RUNS = 1000


def needed_elsewhere(connection: Connection, simulation_id: UUID, originals: Sequence[UUID]) -> set[UUID]:
    """Those of `originals` that are, or are named by, runs of other simulations, also of those that are being deleted.

    When two schedulers delete the last two at the same time, the files are left to the search for orphans.
    """
    asked = select(func.unnest(literal(originals, ARRAY(Uuid()))).label("id")).subquery("asked")
    itself = and_(Run.id == asked.c.id, checked(Run.simulation_id != simulation_id))
    # Two bounds, not an inequality: each is one step through the index, however many runs have the same files.
    linked = [
        and_(Run.reused_from == asked.c.id, other)
        for other in (Run.simulation_id < simulation_id, Run.simulation_id > simulation_id)
    ]
    # A limit keeps the planner from reading all such runs at once.
    found = (select(Run.id).where(condition).limit(1).scalar_subquery() for condition in (itself, *linked))
    return set(connection.scalars(select(asked.c.id).where(or_(*(run.is_not(None) for run in found)))))


class Retention:
    """`keep` is how long ended simulations are kept, `grace` how long an unreferenced file is kept."""

    def __init__(self, database: Database, storage: Storage, keep: timedelta, grace: timedelta) -> None:
        self._database = database
        self._storage = storage
        self._keep = keep
        self._grace = grace

    def run(self) -> None:
        """Runs one pass over simulations, then inputs, then events. Raises DatabaseAway, StorageError."""
        self._tombstone_old()
        self._remove_simulations()
        self._forget_owners()
        self._remove_inputs()
        with self._database.transaction() as connection:
            connection.execute(delete(Event).where(Event.at < func.now() - self._keep))

    def _tombstone_old(self) -> None:
        old = (
            select(Simulation.id)
            .where(Simulation.ended_at < func.now() - self._keep, Simulation.deleted_at.is_(None))
            .limit(BATCH)
        )
        with self._database.transaction() as connection:
            connection.execute(update(Simulation).where(Simulation.id.in_(old)).values(deleted_at=func.now()))

    def _remove_simulations(self) -> None:
        waiting = aliased(Simulation)
        # The outcome of its runs is still to be read by those that wait for it.
        is_awaited = exists().where(waiting.waits_for == Simulation.id, waiting.ended_at.is_(None))
        with self._database.transaction() as connection:
            gone = connection.scalars(
                select(Simulation.id)
                .where(Simulation.deleted_at.is_not(None), Simulation.ended_at.is_not(None), ~is_awaited)
                .order_by(Simulation.deleted_at)
                .limit(BATCH)
            ).all()
        for simulation_id in gone:
            freed = self._remove_runs(simulation_id)
            with self._database.transaction() as connection:
                connection.execute(delete(Simulation).where(Simulation.id == simulation_id))
            metrics.retention_freed_bytes.inc(freed)
            log.info("simulation.removed", simulation_id=str(simulation_id), freed_bytes=freed)

    def _remove_runs(self, simulation_id: UUID) -> int:
        """Deletes the files that no other simulation needs, and the rows of all runs but the last RUNS.

        These go with the simulation's.
        """
        freed = 0
        while True:
            with self._database.transaction() as connection:
                # Transactions that link runs to results of this simulation end before, or find it deleted.
                connection.execute(select(Simulation.id).where(Simulation.id == simulation_id).with_for_update())
                runs = connection.execute(
                    select(
                        *(Run.attempt, Run.index.label("place")),
                        func.coalesce(Run.reused_from, Run.id).label("original"),
                    )
                    .where(Run.simulation_id == simulation_id)
                    .order_by(Run.index)
                    .limit(RUNS + 1)
                ).all()
                # A run that never started has no files.
                originals = list(dict.fromkeys(run.original for run in runs[:RUNS] if run.attempt))
                needed = needed_elsewhere(connection, simulation_id, originals)
            unneeded = (original for original in originals if original not in needed)
            freed += sum(self._delete_below(outputs_prefix(original)) for original in unneeded)
            if len(runs) <= RUNS:
                return freed
            with self._database.transaction() as connection:
                remove_runs(connection, simulation_id, up_to=runs[RUNS - 1].place)

    def _delete_below(self, prefix: str) -> int:
        freed = 0
        for item in self._storage.walk(prefix):
            self._storage.delete(item.key)
            freed += item.size
        return freed

    def _forget_owners(self) -> None:
        # An owner loses access after the same time as if no other owner had the file. Otherwise, continued access would
        # reveal that another owner has it.
        used = (
            exists()
            .where(SimulationInput.sha256 == ArtifactOwner.sha256, Simulation.id == SimulationInput.simulation_id)
            .where(Simulation.owner == ArtifactOwner.owner)
        )
        with self._database.transaction() as connection:
            connection.execute(
                delete(ArtifactOwner).where(ArtifactOwner.last_used_at < func.now() - self._grace, ~used)
            )

    def _remove_inputs(self) -> None:
        used = exists().where(SimulationInput.sha256 == Artifact.sha256)
        with only_one(self._database, "retention inputs") as connection:
            if connection is None:
                return
            idle = (
                select(Artifact.sha256)
                .where(
                    or_(Artifact.tombstoned_at.is_not(None), Artifact.last_used_at < func.now() - self._grace), ~used
                )
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            tombstoned = connection.execute(
                update(Artifact)
                .where(Artifact.sha256.in_(connection.scalars(idle).all()))
                .values(tombstoned_at=func.now())
                .returning(Artifact.sha256, Artifact.key, Artifact.size)
            ).all()
        for artifact in tombstoned:
            self._storage.delete(artifact.key)
            with self._database.transaction() as connection:
                connection.execute(
                    delete(Artifact).where(Artifact.sha256 == artifact.sha256, Artifact.tombstoned_at.is_not(None))
                )
            metrics.retention_freed_bytes.inc(artifact.size)
            log.info("input.removed", sha256=artifact.sha256, freed_bytes=artifact.size)
