"""The world that is broken: private servers, one API, two workers, one scheduler, and the way back to a whole one."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.monitoring import answers
from deploy.local.ports import LOOPBACK, free_ports
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
#: Generous, because a loaded machine is slow; what is lost for good stays lost however long one waits.
PATIENCE_SECONDS = 90.0
#: How long a service may take to leave: what Kubernetes gives it unless told otherwise.
GRACE_SECONDS = 30.0
WORKERS = ("worker-a", "worker-b")
#: Runs at once in each of them.
THREADS = 2
#: Runs only where a scenario starts it.
SECOND_SCHEDULER = "scheduler-2"
SETTINGS = {
    "EPSM_LEASE_SECONDS": str(LEASE_SECONDS),
    "EPSM_BEAT_SECONDS": "0.5",
    "EPSM_CONCURRENCY": str(THREADS),
    "EPSM_DRAIN_SECONDS": "1",
    "EPSM_RETRY_BACKOFF_SECONDS": "0.2",
    "EPSM_DISPATCH_SECONDS": "0.5",
    "EPSM_CANARY_SECONDS": "5",
    "EPSM_RETENTION_SECONDS": "1",
    "EPSM_MAX_GIVE_BACKS": "20",
    # What a fault costs is not the point; the scenarios that are about giving up say so themselves.
    "EPSM_MAX_ATTEMPTS": "50",
}


class World:
    """Everything that runs, below `directory`. `patience` is how many seconds are given to what has to come about."""

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
        """Start all of it. Raises StackError."""
        self.points.mkdir(parents=True)
        self.engine.make()
        self.stack.postgres.start()
        self.stack.rabbitmq.start()
        self.stack.migrate()
        self.scratch_directory.mkdir(mode=0o700)
        self.heal()

    def stop(self) -> None:
        """Stop it and leave nothing."""
        self.database.close()
        self.kill_services()
        self.stack.rabbitmq.stop()
        self.stack.postgres.stop()
        self.stack.postgres.remove()
        shutil.rmtree(self.directory, ignore_errors=True)

    @contextmanager
    def without(self, safeguard: str, *, patience: float) -> Iterator[None]:
        """The same world with services that go without a safeguard of `removed_safeguards.py`."""
        self.kill_services()
        self._removed, self.patience = safeguard, patience
        try:
            yield
        finally:
            self.kill_services()
            self._removed, self.patience = "", PATIENCE_SECONDS

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until `condition` holds. Raises Impatient."""
        until(condition, what, self.patience)

    @property
    def url(self) -> str:
        """Base address of the API."""
        return self.stack.url

    @property
    def storage(self) -> LocalStorage:
        """What the services store in."""
        return LocalStorage(self.storage_directory)

    def heal(self) -> None:
        """Start whatever does not run; nothing stays armed, held or frozen. Returns when all are ready."""
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
        """Start a service unless it runs."""
        process = self.services[name]
        if process.pid is None:
            process.start(self._command(name), self._environment(name), ROOT)

    def kill_services(self) -> None:
        """SIGKILL to all of them."""
        for process in (*self.services.values(), self._second):
            resume(process)
            process.kill()

    def empty_queues(self) -> None:
        """Forget every message."""
        self.stack.rabbitmq.delete_vhost(VHOST)
        self.stack.rabbitmq.create_vhost(VHOST)

    def send_away(self, name: str) -> None:
        """SIGTERM to a service; it takes its time, and is started again when the world is healed."""
        if (pid := self.services[name].pid) is not None:
            os.kill(pid, signal.SIGTERM)
            self._leaving.add(name)

    def await_left(self, name: str) -> None:
        """Wait until a service that was sent away is gone. Raises Impatient when it stays beyond its grace time."""
        process = self.services[name]
        try:
            until(lambda: process.pid is None, f"{name} has left", GRACE_SECONDS)
        finally:
            process.stop(signal.SIGKILL)
            self._leaving.discard(name)

    def dismiss(self, name: str) -> None:
        """SIGTERM to a service, and wait until it is gone."""
        self.send_away(name)
        self.await_left(name)

    def launch_second_scheduler(self) -> None:
        """Start one more, until the world is healed."""
        self._second.start(self._command(SECOND_SCHEDULER), self._environment(SECOND_SCHEDULER), ROOT)

    def await_ready(self, name: str) -> None:
        """Wait until a service that was started does its work. Raises StackError."""
        path = "/readyz" if name == API else "/healthz"
        wait_until(lambda: answers(self._ports[name], path), self.services[name], name)

    def arm(self, point: str, order: Order) -> None:
        """Have a service carry out an order when it comes to a point next."""
        for word in ("taken", "reached", "released"):
            (self.points / f"{point}.{word}").unlink(missing_ok=True)
        write(self.points / f"{point}.armed", vars(order))

    def reached(self, point: str, seconds: float) -> Reached | None:
        """Who came to the armed point; None when nobody did in time."""
        path = self.points / f"{point}.reached"
        try:
            until(path.exists, point, seconds)
        except Impatient:
            return None
        return Reached(**json.loads(path.read_text()))

    def is_dead(self, reached: Reached) -> bool:
        """Whether nothing is left of who came to the point, and of the service it was part of."""
        process = self.services.get(reached.service, self._second)
        return start_time(reached.pid) == GONE and process.pid is None

    def release(self, point: str) -> None:
        """Let whoever is held there go on."""
        (self.points / f"{point}.released").touch()

    def forget_points(self) -> None:
        """Disarm everything and let everybody go."""
        for path in self.points.glob("*.armed"):
            path.unlink(missing_ok=True)
        for path in self.points.glob("*.taken"):
            path.with_suffix(".released").touch()

    def engine_processes(self) -> dict[int, str]:
        """Process ids of everything that works in a run's scratch directory, with that directory."""
        return dict(_working_below(self.scratch_directory))

    def logs(self, lines: int = 12) -> str:
        """The ends of all services' logs."""
        return "\n".join(f"--- {name}\n{process.tail(lines)}" for name, process in self.services.items())

    def _command(self, name: str) -> list[str]:
        if name != API:
            return [sys.executable, "-m", "tests.chaos.services", WORKER if name in WORKERS else SCHEDULER]
        bind = f"{LOOPBACK}:{self.stack.state.ports['api']}"
        gunicorn = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8", "--bind", bind]
        return [*gunicorn, "--graceful-timeout", "5", "--no-control-socket", "tests.chaos.services:api()"]

    def _environment(self, name: str) -> dict[str, str]:
        port = {"EPSM_WORKER_PORT" if name in WORKERS else "EPSM_SCHEDULER_PORT": str(self._ports[name])}
        chaos = {DIRECTORY: str(self.points), SERVICE: name, REMOVED: self._removed}
        return {**self.stack.environment(), **port, **chaos}


def resume(process: Process) -> None:
    """Let a frozen process and its group go on."""
    if (pid := process.pid) is not None:
        os.killpg(os.getpgid(pid), signal.SIGCONT)


def _working_below(directory: Path) -> Iterator[tuple[int, str]]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place = (process / "cwd").readlink()
        except OSError:
            continue
        # A worker's self-test starts the engine too.
        if place.is_relative_to(directory) and str(place.relative_to(directory)).startswith("run-"):
            yield int(process.name), str(place)
