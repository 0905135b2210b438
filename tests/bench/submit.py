"""Cost of submitting and cancelling many runs: time, memory of the API, bytes in Postgres.

Each round submits every study in turn to an API without workers and cancels it. Memory is what the API's process has at
most above what it had before; bytes are those of the database's tables and indexes, and of the store.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import text

from deploy.local.postgres import OWNER
from shared.db.database import Database
from tests.integration.api.guarded import Guarded, guarded_server
from tests.models import SMALL_OFFICE, weather
from tests.servers import running_postgres

#: Values of each parameter of a study, and their length as texts; 0: numbers.
STUDIES: dict[str, tuple[tuple[int, ...], int]] = {
    "100,000 x 50 x 200": ((2500, 40, *[1] * 48), 200),
    "100,000 x 3": ((100, 100, 10), 0),
    "1,000,000 x 3": ((100, 100, 100), 0),
}
SETTINGS = {
    "EPSM_MAX_RUNS": "1000000",
    "EPSM_OWNER_QUEUED_RUNS": "0",
    "EPSM_OWNER_REQUEST_RATE": "",
    "EPSM_MAX_BODY_BYTES": str(64 << 20),
    "EPSM_LOG_LEVEL": "WARNING",
}
MB = 1e6
#: Fields of a cost, and how they are printed.
UNITS = {
    "seconds": "s",
    "processor": "s of the API on a processor",
    "memory": "MB more memory of the API",
    "database": "MB in Postgres",
    "store": "MB in the store",
}
PATIENCE_SECONDS = 1800


@dataclass(frozen=True)
class Cost:
    """Of one request: seconds, those of the API on a processor, and MB of the API, the database and the store."""

    seconds: float
    processor: float
    memory: float
    database: float
    store: float


class Measured:
    """A server, and what its requests cost."""

    def __init__(self, guarded: Guarded, store: Path, owner: Database) -> None:
        self._guarded, self._store, self._owner = guarded, store, owner
        self._url = f"http://127.0.0.1:{guarded.server.port}/api/v1/simulations"
        self._headers = {"Authorization": f"Bearer {guarded.token('bench')}"}

    def submit(self, values: tuple[int, ...], length: int) -> tuple[str, Cost]:
        """Submits a study; returns its simulation and what that cost."""
        parameters = [
            {
                "name": f"p{place}",
                "object": "Lights" if length else "Building",
                "field": "End-Use Subcategory" if length else "North Axis",
                "values": [f"{place:02}{n:04}".ljust(length, "x") if length else n / 7 for n in range(count)],
            }
            for place, count in enumerate(values)
        ]
        files = [
            (role, path.read_bytes()) for role, path in (("models", SMALL_OFFICE), ("weather", weather("Chicago")))
        ]
        parts = [(role, (f"{role}.{'idf' if role == 'models' else 'epw'}", content)) for role, content in files]
        answer, cost = self._cost(
            self._url, files=parts, data={"spec": json.dumps({"parameters": parameters, "annual": False})}
        )
        return str(answer["id"]), cost

    def cancel(self, simulation: str) -> Cost:
        """Cancels a simulation."""
        return self._cost(f"{self._url}/{simulation}/cancel")[1]

    def empty(self) -> None:
        """Deletes all simulations by SQL."""
        with self._owner.transaction() as connection:
            connection.execute(text("TRUNCATE simulations, backlog, ended_runs CASCADE"))

    def _cost(self, url: str, **body: Any) -> tuple[dict[str, Any], Cost]:
        server = self._guarded.server
        # The kernel forgets the highest memory so far.
        Path(f"/proc/{server.worker}/clear_refs").write_text("5")
        memory, database, store = server.status("VmRSS"), self._database_bytes(), self._store_bytes()
        before, started = self._processor_seconds(), time.monotonic()
        answer = requests.post(url, headers=self._headers, timeout=PATIENCE_SECONDS, **body)
        seconds = time.monotonic() - started
        if not answer.ok:
            log = (self._store.parent / "log").read_text()[-2000:]
            raise SystemExit(f"error: {url}: {answer.status_code} {answer.text[:500]}\n{log}")
        return dict(answer.json()), Cost(
            seconds,
            self._processor_seconds() - before,
            (server.status("VmHWM") - memory) * 1024 / MB,
            (self._database_bytes() - database) / MB,
            (self._store_bytes() - store) / MB,
        )

    def _processor_seconds(self) -> float:
        # Behind the name of the program, which may have spaces.
        stat = Path(f"/proc/{self._guarded.server.worker}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def _database_bytes(self) -> int:
        with self._guarded.database.transaction() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)

    def _store_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._store.rglob("*") if path.is_file())


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="make bench-submit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default 5)")
    parser.add_argument("--study", action="append", choices=STUDIES, help="only this study")
    arguments = parser.parse_args()
    studies = arguments.study or list(STUDIES)
    costs: dict[tuple[str, str], list[Cost]] = {}
    with tempfile.TemporaryDirectory(prefix="epsm-bench-", dir="/var/tmp") as name:
        room = Path(name)
        room.chmod(0o755)
        for directory in ("postgres", "server"):
            (room / directory).mkdir()
        with (
            running_postgres(room / "postgres") as postgres,
            guarded_server(postgres, "submit", room / "server", **SETTINGS) as guarded,
        ):
            owner = Database(postgres.url("submit", role=OWNER), name="bench")
            measured = Measured(guarded, room / "server" / "storage", owner)
            # Modules and pools of a first submission.
            measured.cancel(measured.submit((2,), 0)[0])
            for number in range(1, arguments.rounds + 1):
                for study in studies:
                    simulation, cost = measured.submit(*STUDIES[study])
                    costs.setdefault((study, "submit"), []).append(cost)
                    costs.setdefault((study, "cancel"), []).append(measured.cancel(simulation))
                    measured.empty()
                    print(f"  round {number}, {study}: {cost.seconds:.1f} s", flush=True)
    for (study, verb), found in costs.items():
        print(f"{verb} {study}, median (lowest - highest) of {arguments.rounds} rounds")
        for unit, said in UNITS.items():
            figures = [getattr(cost, unit) for cost in found]
            print(f"  {statistics.median(figures):8.1f} ({min(figures):.1f} - {max(figures):.1f}) {said}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
