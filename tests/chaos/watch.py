"""Samples Postgres continuously during a scenario and checks rows against each other and the previous sample."""

import threading
from typing import Self
from uuid import UUID

from sqlalchemy import RowMapping, func, select

from shared.db.database import Database, DatabaseAway
from shared.db.tables import Attempt, Result, Run
from shared.enums import Status
from shared.state.ledger import discrepancies

INTERVAL_SECONDS = 0.2
TERMINAL = frozenset(status.value for status in Status if status.ended)


class Watch:
    """Samples the rows of a scenario from its own thread; `violations` lists what it has found."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._seen: dict[UUID, RowMapping] = {}
        self.violations: set[str] = set()
        self.samples = 0
        #: !#: Runs may leave their terminal status when the scenario retries them.
        self.retrying = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            try:
                self.sample()
            except DatabaseAway:
                continue

    def sample(self) -> None:
        """Reads all rows once. Raises DatabaseAway."""
        with self._database.transaction() as connection:
            for simulation, sentence in discrepancies(connection).items():
                self.violations.add(f"books: simulation {simulation}: {sentence}")
            runs = connection.execute(
                select(
                    Run.id, Run.status, Run.attempt, Run.charged, Run.max_attempts, Result.attempt.label("kept")
                ).outerjoin(Result, Result.run_id == Run.id)
            ).mappings()
            now = {run["id"]: run for run in runs}
            crowded = connection.scalars(
                select(Attempt.run_id)
                .where(Attempt.ended_at.is_(None))
                .group_by(Attempt.run_id)
                .having(func.count() > 1)
            )
            self.violations |= {f"doubled: run {run} has two open attempts" for run in crowded}
        for run_id, run in now.items():
            self._compare(self._seen.get(run_id, run), run)
        self._seen = now
        self.samples += 1

    def _compare(self, before: RowMapping, now: RowMapping) -> None:
        run = now["id"]
        if now["attempt"] < before["attempt"]:
            self.violations.add(f"wrong: run {run} went back from attempt {before['attempt']} to {now['attempt']}")
        if now["charged"] > min(now["attempt"], now["max_attempts"]):
            self.violations.add(f"wrong: run {run} is charged {now['charged']} for {now['attempt']} attempts")
        if before["status"] in TERMINAL and now["status"] != before["status"] and not self.retrying:
            self.violations.add(f"doubled: run {run} had {before['status']} and is {now['status']} now")
        if before["kept"] is not None and now["kept"] != before["kept"] and not self.retrying:
            self.violations.add(f"doubled: run {run} kept the result of {before['kept']}, then of {now['kept']}")
        if now["kept"] is not None and now["kept"] != now["attempt"]:
            self.violations.add(f"wrong: run {run} keeps a result of attempt {now['kept']}, not {now['attempt']}")
