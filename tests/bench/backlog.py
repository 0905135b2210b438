"""Cost of a run, depending on the length of the backlog: pages and statements per run, and runs per second.

The backlog is inserted by SQL, as one simulation of N runs and as N simulations of one run. Pages and statements are
counted on the functions that the services call, against a Postgres whose statistics show no backlog. Runs per second
are measured on a whole stack with an engine that returns at once. Each round measures every N in turn, and each result
is compared with that of the smallest N of its round.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from deploy.local.postgres import OWNER, SUPERUSER, PostgresServer
from deploy.local.stack import Stack
from shared.db.database import Database
from shared.messages import DispatchMessage
from shared.state.beat import Beat, beat
from shared.state.pause import pause, resume
from shared.window.fill import fill
from shared.window.loop import engines_with_backlog
from tests.backlogs import PageCount, counted, freeze_statistics, insert_backlog
from tests.bench.copies import COPY, submit_original
from tests.chaos.engine import ChaosEngine
from tests.rows import ENGINE, LEASE, Rows
from tests.servers import TEMPLATE, running_postgres

Shapes = dict[str, Callable[[int], tuple[int, int]]]
SHAPES: Shapes = {
    "one simulation of N runs": lambda n: (1, n),
    "N simulations of one run": lambda n: (n, 1),
}
#: What there are N of.
KINDS = dict(zip(SHAPES, ("runs", "simulations"), strict=True))
#: Number of runs whose pages and statements are counted.
COUNTED = 20
#: Simulations that are inserted in one transaction. A session keeps its plans for the checks of foreign keys, and those
#: made for an empty table read whole indexes.
TOGETHER = 20_000
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 600


class NoBroker:
    """Accepts messages and keeps them."""

    def __init__(self) -> None:
        self.sent: list[DispatchMessage] = []

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        """Keeps the message."""
        self.sent.append(message)

    def waiting(self, engine: str) -> int:
        """Number of kept messages."""
        return len(self.sent)


def count_pages(server: PostgresServer, name: str, simulations: int, runs: int) -> PageCount:
    """Pages of COUNTED runs from the backlog to their result, each dispatched in a separate pass."""
    server.create_database(name, template=TEMPLATE)
    database = Database(server.url(name, OWNER), name="bench")
    rows, broker = Rows(database), NoBroker()
    rows.new_simulation()
    freeze_statistics(rows, database, running=12, ended=18)
    with database.transaction() as connection:
        insert_backlog(connection, simulations=simulations, runs=runs)
    with counted(database) as pages:
        for _ in range(COUNTED):
            engines_with_backlog(database)
            if fill(database, broker, ENGINE, lease=LEASE, minimum=1) != 1:
                raise SystemExit("error: nothing was dispatched")
            key = rows.start(broker.sent[-1].run_id)
            with database.transaction() as connection:
                beat(connection, [Beat(key.run_id, key.attempt, 1, "")], lease=LEASE)
            rows.finish(key)
    database.close()
    return pages


class BusyStack:
    """A stack for the measurement, whose backlog is inserted and deleted by SQL."""

    def __init__(self, stack: Stack) -> None:
        self.database = Database(stack.postgres.url(role=SUPERUSER), name="bench")
        self._url = f"{stack.url}/api/v1"
        self._submit()

    def runs_per_second(self, simulations: int, runs: int, measured: int) -> float:
        """Runs that end per second while at least `simulations` x `runs` are queued, measured over `measured` runs."""
        more = measured + 4 * (os.cpu_count() or 1)
        simulations, runs = (1, runs + more) if simulations == 1 else (simulations + more, 1)
        with self.database.transaction() as connection:
            pause(connection)
        # In production the rows come over hours; their writing is not what is measured.
        for first in range(0, simulations, TOGETHER):
            copy = {"original": self._original, "simulations": min(TOGETHER, simulations - first), "runs": runs}
            self._alone(COPY, copy)
        self._alone("CHECKPOINT")
        with self.database.transaction() as connection:
            resume(connection)
        # The first ones fill the window and wake the workers.
        warm = more - measured
        self._wait(lambda: self._ended() > warm)
        before, started = self._ended(), time.monotonic()
        self._wait(lambda: self._ended() >= before + measured - warm)
        rate = (self._ended() - before) / (time.monotonic() - started)
        self._empty()
        return rate

    def _submit(self) -> None:
        self._original = submit_original(self._url)
        self._wait(lambda: self._ended() == 1)

    def _empty(self) -> None:
        with self.database.transaction() as connection:
            pause(connection)
        self._wait(lambda: self._count("SELECT count(*) FROM runs WHERE status = 'running'") == 0)
        self._alone("TRUNCATE simulations, backlog CASCADE")
        self._alone("VACUUM ANALYZE")
        with self.database.transaction() as connection:
            resume(connection)
        self._submit()

    def _alone(self, statement: str, values: Mapping[str, object] | None = None) -> None:
        """Executes a statement outside any transaction and in a session of its own, however long it takes."""
        with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text(statement), values or {})
            connection.invalidate()

    def _ended(self) -> int:
        # Results, because counting runs would read the whole backlog twenty times a second.
        return self._count("SELECT count(*) FROM results")

    def _count(self, statement: str) -> int:
        with self.database.transaction() as connection:
            return connection.scalar(text(statement)) or 0

    @staticmethod
    def _wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit("error: the stack did not get on")
            time.sleep(POLL_SECONDS)


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="make bench-backlog", description=__doc__)
    parser.add_argument("--powers", default="2,3,4,5,6", help="the N, as powers of ten (default 2,3,4,5,6)")
    parser.add_argument("--shape", choices=("runs", "simulations"), help="only one simulation, or only single runs")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of runs per second; 0: none (default 5)")
    parser.add_argument("--runs", type=int, default=200, help="runs measured for each N of a round (default 200)")
    arguments = parser.parse_args()
    sizes = [10 ** int(power) for power in arguments.powers.split(",")]
    shapes = {name: of for name, of in SHAPES.items() if arguments.shape in (None, KINDS[name])}
    with tempfile.TemporaryDirectory(prefix="epsm-bench-", dir="/var/tmp") as name:
        room = Path(name)
        room.chmod(0o755)
        _print_pages(room / "postgres", shapes, sizes)
        if arguments.rounds:
            with _stack(room / "local") as stack:
                _print_rates(BusyStack(stack), shapes, sizes, arguments.rounds, arguments.runs)
    return 0


def _print_pages(directory: Path, shapes: Shapes, sizes: list[int]) -> None:
    directory.mkdir()
    with running_postgres(directory) as server:
        for number, (shape, of) in enumerate(shapes.items()):
            print(f"{shape}: pages and statements per run")
            for size in sizes:
                pages = count_pages(server, f"pages_{number}_{size}", *of(size))
                each = len(pages.statements) / COUNTED
                largest = max(n for _, n in pages.statements)
                print(
                    f"  {size:>9,}: {pages.total / COUNTED:7.1f} pages, {each:5.1f} statements, "
                    f"{largest} pages in the largest",
                    flush=True,
                )


def _print_rates(stack: BusyStack, shapes: Shapes, sizes: list[int], rounds: int, measured: int) -> None:
    for shape, of in shapes.items():
        ratios: dict[int, list[float]] = {size: [] for size in sizes}
        for number in range(1, rounds + 1):
            rates = {size: stack.runs_per_second(*of(size), measured) for size in sizes}
            for size, rate in rates.items():
                ratios[size].append(rate / rates[sizes[0]])
            rates_text = ", ".join(f"{size:,}: {rate:.2f}" for size, rate in rates.items())
            print(f"  round {number}, runs/s: {rates_text}", flush=True)
        print(f"{shape}: runs/s as a ratio to those with {sizes[0]} waiting, {rounds} rounds")
        for size in sizes[1:]:
            low, middle, high = min(ratios[size]), statistics.median(ratios[size]), max(ratios[size])
            print(f"  {size:>9,}: {middle:.3f} median, {low:.3f} - {high:.3f}", flush=True)


@contextmanager
def _stack(directory: Path) -> Iterator[Stack]:
    engine = ChaosEngine(directory.parent / "engine")
    engine.make()
    settings = {
        "EPSM_ENGINE_DIRECTORIES": str(engine.directory),
        "EPSM_ENGINE_WRITABLE": str(engine.journal),
        "EPSM_LOG_LEVEL": "WARNING",
    }
    stack = Stack(directory, settings)
    try:
        for _ in stack.up():
            pass
        yield stack
    finally:
        for _ in stack.down():
            pass
        stack.postgres.remove()


if __name__ == "__main__":
    sys.exit(main())
