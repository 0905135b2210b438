"""Simulations and runs in the database without an API, for tests of the state and the services behind the API."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select

from shared.db.database import Database
from shared.db.tables import Artifact, Event, Run, Simulation
from shared.enums import InputRole, Outcome, Priority
from shared.spec import StudySpec
from shared.state.beat import Beat, beat
from shared.state.claim import Claimed, claim
from shared.state.copied_runs import NewRun
from shared.state.finish import finish
from shared.state.finished import AttemptKey, Failure, Finished
from shared.state.fleet import register
from shared.state.pause import pause, resume
from shared.state.submit import InputFile, NewSimulation, submit
from shared.storage.base import input_key

ENGINE = "25.2.0"
LEASE = timedelta(seconds=30)
MARGIN = timedelta(seconds=300)
MODEL, WEATHER = "a" * 64, "b" * 64

SUCCESS = Finished("success", {"site_energy_kwh": 1.0}, None)
FAILURE = Finished("fatal", None, Failure("fatal", "Severe: no such schedule"))


@dataclass(frozen=True)
class Rows:
    """Operations of tests on a database."""

    database: Database

    def submit(self, runs: int = 1, *, owner: str = "local", priority: Priority = Priority.NORMAL, **new: Any) -> UUID:
        """Submits a simulation of `runs` runs."""
        return self.submit_new(self.new_simulation(runs, owner=owner, priority=priority, **new))

    def submit_new(self, new: NewSimulation) -> UUID:
        """Submits a simulation."""
        with self.database.transaction() as connection:
            return submit(connection, new)

    def new_simulation(
        self, runs: int = 1, *, owner: str = "local", priority: Priority = Priority.NORMAL, **new: Any
    ) -> NewSimulation:
        """Returns a simulation that can be submitted, because its inputs have rows."""
        with self.database.transaction() as connection:
            for sha256 in (MODEL, WEATHER):
                known = connection.scalar(select(Artifact.sha256).where(Artifact.sha256 == sha256))
                if known is None:
                    connection.execute(insert(Artifact).values(sha256=sha256, key=input_key(sha256), size=1))
        fields = {"max_attempts": 3, "soft_limit_seconds": 10.0, "hard_limit_seconds": 20.0, **new}
        return NewSimulation(
            owner=owner,
            name="test",
            description="",
            priority=priority,
            spec=StudySpec(),
            correlation_id="test",
            inputs=[
                InputFile(InputRole.MODEL, "a.idf", MODEL),
                InputFile(InputRole.WEATHER, "b.epw", WEATHER),
            ],
            total=runs,
            runs=(NewRun("a.idf", "b.epw", ENGINE) for _ in range(runs)),
            **fields,
        )

    def worker(self, worker_id: str = "worker", concurrency: int = 2) -> None:
        with self.database.transaction() as connection:
            register(
                connection,
                worker_id=worker_id,
                host="here",
                pid=1,
                version="0",
                engine=ENGINE,
                concurrency=concurrency,
            )

    def pause(self, engine: str | None = None) -> None:
        with self.database.transaction() as connection:
            pause(connection, engine)

    def resume(self, engine: str | None = None) -> None:
        with self.database.transaction() as connection:
            resume(connection, engine)

    def claim(self, run_id: UUID, worker_id: str = "worker", *, owner_runs: int = 0) -> Claimed | None:
        simulation_id = self.run(run_id).simulation_id
        with self.database.transaction() as connection:
            return claim(
                connection,
                run_id,
                simulation_id,
                worker_id=worker_id,
                lease=LEASE,
                margin=MARGIN,
                owner_runs=owner_runs,
            )

    def start(self, run_id: UUID) -> AttemptKey:
        """Claims a queued run."""
        claimed = self.claim(run_id)
        assert claimed is not None
        return AttemptKey(claimed.simulation_id, claimed.run_id, claimed.attempt)

    def beat(self, key: AttemptKey, progress: int, message: str) -> None:
        with self.database.transaction() as connection:
            answers = beat(connection, [Beat(key.run_id, key.attempt, progress, message)], lease=LEASE)
        assert answers.held == {key.run_id}

    def finish(self, key: AttemptKey, finished: Finished = SUCCESS) -> Outcome | None:
        with self.database.transaction() as connection:
            return finish(connection, key, finished)

    def runs(self, simulation_id: UUID) -> list[UUID]:
        with self.database.transaction() as connection:
            statement = select(Run.id).where(Run.simulation_id == simulation_id).order_by(Run.index)
            return list(connection.scalars(statement))

    def run(self, run_id: UUID) -> Row[Any]:
        with self.database.transaction() as connection:
            return connection.execute(select(Run.__table__).where(Run.id == run_id)).one()

    def simulation(self, simulation_id: UUID) -> Row[Any]:
        with self.database.transaction() as connection:
            return connection.execute(select(Simulation.__table__).where(Simulation.id == simulation_id)).one()

    def events(self, simulation_id: UUID, name: str) -> int:
        with self.database.transaction() as connection:
            statement = select(func.count()).where(Event.simulation_id == simulation_id, Event.name == name)
            return connection.scalar(statement) or 0

    def expire(self, run_id: UUID) -> None:
        """Makes the lease of a run expired."""
        with self.database.transaction() as connection:
            connection.execute(
                Run.__table__.update()  # type: ignore[attr-defined]  # a table, though declared as a FromClause
                .where(Run.__table__.c.id == run_id)
                .values(lease_expires_at=func.now() - timedelta(seconds=1))
            )
