"""A worker's attempts without the worker: a real database, store, launcher and helper, and a script as EnergyPlus."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from shared.confinement.launcher import Launcher
from shared.db.tables import RunFile, RunMessage
from shared.settings import Settings
from shared.state.policy import RetryPolicy
from shared.storage.base import Chunks, Stored
from shared.storage.local import LocalStorage
from sim_worker.attempt.active import ActiveAttempts
from sim_worker.attempt.attempt import Attempts
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.ends import AttemptEnds
from sim_worker.attempt.errors import InfrastructureError
from sim_worker.attempt.owner_room import OwnerRoom
from sim_worker.attempt.public_text import PublicText
from sim_worker.attempt.recent_self_test import RecentSelfTest
from sim_worker.attempt.reuse import KnownResults
from sim_worker.engine.watch import Stop
from tests.models import SMALL_OFFICE, weather
from tests.rows import MODEL, WEATHER, Rows
from tests.unit.eplusout import Period, write
from tests.unit.supervision import SUCCEED, install


class WatchedStorage(LocalStorage):
    """Has the inputs of all runs, and calls `before` with each transfer."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.before: Callable[[str], None] = lambda _: None

    def fetch(self, key: str, target: Path, *, sha256: str) -> None:
        self.before("fetch")
        shutil.copyfile({MODEL: SMALL_OFFICE, WEATHER: weather("Chicago")}[sha256], target)

    def read(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        self.before("read")
        return super().read(key, start, end)

    def put_output(self, source: Path, run_id: UUID, attempt: int, name: str) -> Stored:
        self.before("store")
        return super().put_output(source, run_id, attempt, name)


class Attempting:
    """Submits runs of one owner and carries out attempts at them. `self_tests` counts the self-tests."""

    def __init__(self, rows: Rows, root: Path, launcher: Launcher) -> None:
        rows.worker()
        self.rows = rows
        self.root = root
        self.launcher = launcher
        self.storage = WatchedStorage(root / "store")
        self.active = ActiveAttempts()
        self.self_tests = 0
        #: Of attempts that the middleware would end.
        self.errors: list[InfrastructureError] = []
        self._self_test = RecentSelfTest(self._pass)
        write(root, [Period("Year", 8760, {"Electricity:Facility": 1.0})])
        #: What EnergyPlus does when it succeeds.
        self.succeed = f"cp {root}/eplusout.sql . && {SUCCEED}"

    def carry_out(self, script: str, *, owner_bytes: int = 0, run_id: UUID | None = None) -> Row[Any]:
        """Carries out an attempt at a run, a new one unless given; returns the run's row."""
        run_id = run_id or self.rows.runs(self.rows.submit(1))[0]
        place = self.root / str(run_id)
        place.mkdir()
        engine = install(place / "engine", script, None)
        settings = Settings(scratch_directory=self.root / "scratch", storage_url=(self.root / "store").as_uri())
        retry = DatabaseRetry()
        policy = RetryPolicy(timedelta(0))
        attempts = Attempts(
            settings,
            "worker",
            self.rows.database,
            self.storage,
            self.launcher,
            engine,
            None,
            self.active,
            retry,
            AttemptEnds(self.rows.database, retry, policy, PublicText(settings, engine)),
            self._self_test,
            OwnerRoom(owner_bytes),
            KnownResults(self.rows.database, retry, engine),
        )
        try:
            attempts.carry_out(run_id, self.rows.run(run_id).simulation_id)
        except InfrastructureError as error:
            self.errors.append(error)
        self.active.leave(run_id)
        # There is no directory where an attempt ends before it fetches its inputs.
        assert list(self.root.glob("scratch/*")) == []
        return self.rows.run(run_id)

    def cancel(self) -> None:
        """Has the current attempt stop."""
        (attempt,) = self.active.all()
        attempt.stop.request(Stop.CANCELLED)

    def files(self, run_id: UUID) -> dict[str, bytes]:
        """The stored files of a run, by name."""
        with self.rows.database.transaction() as connection:
            found = connection.execute(select(RunFile.name, RunFile.key).where(RunFile.run_id == run_id)).all()
        return {name: b"".join(self.storage.read(key)) for name, key in found}

    def messages(self, run_id: UUID) -> list[str]:
        """The messages of a run."""
        with self.rows.database.transaction() as connection:
            return list(connection.scalars(select(RunMessage.text).where(RunMessage.run_id == run_id)))

    def _pass(self) -> None:
        self.self_tests += 1
