"""The environment under test: private servers, one API, two workers, one scheduler, and how to repair it."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.monitoring import answers
from deploy.local.ports import free_ports
from deploy.local.processes import GONE, Process, start_time, wait_until
from deploy.local.rabbitmq import VHOST
from deploy.local.stack import ROOT, Stack
from shared.db.database import Database
from shared.storage.local import LocalStorage
from tests.chaos.engine import ChaosEngine
from tests.chaos.inject import DIRECTORY, SERVICE, Order, Reached, write
from tests.chaos.points import API, SCHEDULER, WORKER
from tests.chaos.services import REMOVED
from tests.chaos.waiting import Impatient, until

LEASE_SECONDS = 3.0
#: Longer than a lease, and than any helper of these tests takes on a loaded machine.
HELPER_SECONDS = 8.0
#: Generous, because a loaded machine is slow; a lost run stays lost however long the wait.
PATIENCE_SECONDS = 90.0
#: Grace period for the stop of a service: Kubernetes' default.
GRACE_SECONDS = 30.0
WORKERS = ("worker-a", "worker-b")
#: Concurrent runs of each worker.
THREADS = 2
#: Started only by some scenarios.
SECOND_SCHEDULER = "scheduler-2"
SETTINGS = {
    "EPSM_LEASE_SECONDS": str(LEASE_SECONDS),
    "EPSM_BEAT_SECONDS": "0.5",
    "EPSM_HELPER_SECONDS": str(HELPER_SECONDS),
    "EPSM_CONCURRENCY": str(THREADS),
    "EPSM_DRAIN_SECONDS": "1",
    "EPSM_RETRY_BACKOFF_SECONDS": "0.2",
    "EPSM_DISPATCH_SECONDS": "0.5",
    "EPSM_CANARY_SECONDS": "5",
    "EPSM_RETENTION_SECONDS": "1",
    "EPSM_MAX_GIVE_BACKS": "20",
    # High, because most scenarios do not check retries; those that do set their own value.
    "EPSM_MAX_ATTEMPTS": "50",
}


class World:
    """All processes, below `directory`. `patience` is the timeout in seconds for each condition."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.patience = PATIENCE_SECONDS
        self._removed = ""
        self.points = directory / "points"
        self.engine = ChaosEngine(directory / "engine")
        engine = {
            "EPSM_ENGINE_DIRECTORIES": str(self.engine.directory),
            "EPSM_ENGINE_WRITABLE": str(self.engine.journal),
        }
        self.stack = Stack(directory / "local", {**SETTINGS, **engine})
        here = self.stack.directory
        self.services = {name: Process(name, here) for name in (API, *WORKERS, SCHEDULER)}
        self._leaving: set[str] = set()
        self._second = Process(SECOND_SCHEDULER, here)
        names = (*WORKERS, SECOND_SCHEDULER)
        self._ports = {**self.stack.state.ports, **dict(zip(names, free_ports(len(names)), strict=True))}
        self.storage_directory = here / "storage"
        self.scratch_directory = here / "scratch"
        self.database = Database(self.stack.postgres.url(), name="chaos")

    def start(self) -> None:
        """Starts everything. Raises StackError."""
        self.points.mkdir(parents=True)
        self.engine.make()
        self.stack.postgres.start()
        self.stack.rabbitmq.start()
        self.stack.migrate()
        self.scratch_directory.mkdir(mode=0o700)
        self.heal()

    def stop(self) -> None:
        """Stops everything and removes it."""
        self.database.close()
        self.kill_services()
        self.stack.rabbitmq.stop()
        self.stack.postgres.stop()
        self.stack.postgres.remove()
        shutil.rmtree(self.directory, ignore_errors=True)

    @contextmanager
    def without(self, safeguard: str, *, patience: float) -> Iterator[None]:
        """The same environment with services that lack a safeguard of `removed_safeguards.py`."""
        self.kill_services()
        self._removed, self.patience = safeguard, patience
        try:
            yield
        finally:
            self.kill_services()
            self._removed, self.patience = "", PATIENCE_SECONDS

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits until `condition` holds. Raises Impatient."""
        until(condition, what, self.patience)

    @property
    def url(self) -> str:
        """Base address of the API."""
        return self.stack.url

    @property
    def storage(self) -> LocalStorage:
        """The file storage of the services."""
        return LocalStorage(self.storage_directory)

    def heal(self) -> None:
        """Starts whatever does not run; nothing stays armed, held or frozen. Returns when all are ready."""
        self.forget_points()
        self.engine.let_go()
        self.engine.mend()
        self._second.stop()
        for process in (self.stack.postgres.process, self.stack.rabbitmq.process, *self.services.values()):
            resume(process)
        self.stack.postgres.start()
        self.stack.rabbitmq.start()
        for name in sorted(self._leaving):
            self.await_left(name)
        for name in self.services:
            self.launch(name)
        for name in self.services:
            self.await_ready(name)

    def launch(self, name: str) -> None:
        """Starts a service unless it runs."""
        process = self.services[name]
        if process.pid is None:
            process.start(self._command(name), self._environment(name), ROOT)

    def kill_services(self) -> None:
        """Kills all services with SIGKILL."""
        for process in (*self.services.values(), self._second):
            resume(process)
            process.kill()

    def empty_queues(self) -> None:
        """Deletes every message."""
        self.stack.rabbitmq.delete_vhost(VHOST)
        self.stack.rabbitmq.create_vhost(VHOST)

    def send_away(self, name: str) -> None:
        """Sends SIGTERM to a service; `heal` waits for its end and starts it again."""
        if (pid := self.services[name].pid) is not None:
            os.kill(pid, signal.SIGTERM)
            self._leaving.add(name)

    def await_left(self, name: str) -> None:
        """Waits until a terminated service has ended. Raises Impatient after its grace period."""
        process = self.services[name]
        try:
            until(lambda: process.pid is None, f"{name} has left", GRACE_SECONDS)
        finally:
            process.stop(signal.SIGKILL)
            self._leaving.discard(name)

    def dismiss(self, name: str) -> None:
        """Sends SIGTERM to a service and waits until it has ended."""
        self.send_away(name)
        self.await_left(name)

    def launch_second_scheduler(self) -> None:
        """Starts one more scheduler, until the environment is repaired."""
        self._second.start(self._command(SECOND_SCHEDULER), self._environment(SECOND_SCHEDULER), ROOT)

    def await_ready(self, name: str) -> None:
        """Waits until a started service is ready. Raises StackError."""
        path = "/readyz" if name == API else "/healthz"
        wait_until(lambda: answers(self._ports[name], path), self.services[name], name)

    def arm(self, point: str, order: Order) -> None:
        """Makes a service carry out an order when it next reaches a point."""
        for word in ("taken", "reached", "released"):
            (self.points / f"{point}.{word}").unlink(missing_ok=True)
        write(self.points / f"{point}.armed", vars(order))

    def reached(self, point: str, seconds: float) -> Reached | None:
        """Returns the process that reached the armed point; None if none did in time."""
        path = self.points / f"{point}.reached"
        try:
            until(path.exists, point, seconds)
        except Impatient:
            return None
        return Reached(**json.loads(path.read_text()))

    def is_dead(self, reached: Reached) -> bool:
        """Whether the process that reached the point, and the rest of its service, have ended."""
        process = self.services.get(reached.service, self._second)
        return start_time(reached.pid) == GONE and process.pid is None

    def release(self, point: str) -> None:
        """Lets the process that is held there continue."""
        (self.points / f"{point}.released").touch()

    def forget_points(self) -> None:
        """Disarms every point and releases every held process."""
        for path in self.points.glob("*.armed"):
            path.unlink(missing_ok=True)
        for path in self.points.glob("*.taken"):
            path.with_suffix(".released").touch()

    def engine_processes(self) -> dict[int, str]:
        """Ids of all processes that work in the scratch directory of a run, with that directory."""
        return dict(_working_below(self.scratch_directory))

    def logs(self, lines: int = 12) -> str:
        """The last lines of all services' logs."""
        return "\n".join(f"--- {name}\n{process.tail(lines)}" for name, process in self.services.items())

    def _command(self, name: str) -> list[str]:
        service = API if name == API else WORKER if name in WORKERS else SCHEDULER
        return [sys.executable, "-m", "tests.chaos.services", service]

    def _environment(self, name: str) -> dict[str, str]:
        port = {"EPSM_WORKER_PORT" if name in WORKERS else "EPSM_SCHEDULER_PORT": str(self._ports[name])}
        chaos = {DIRECTORY: str(self.points), SERVICE: name, REMOVED: self._removed}
        return {**self.stack.environment(), **port, **chaos}


def resume(process: Process) -> None:
    """Lets a frozen process and its group continue."""
    if (pid := process.pid) is not None:
        os.killpg(os.getpgid(pid), signal.SIGCONT)


def _working_below(directory: Path) -> Iterator[tuple[int, str]]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place = (process / "cwd").readlink()
        except OSError:
            continue
        # A worker's self-test starts the engine too, in another directory.
        if place.is_relative_to(directory) and str(place.relative_to(directory)).startswith("run-"):
            yield int(process.name), str(place)
