"""The local stack: its processes, their start order, their settings and their state."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.monitoring import Monitoring, MonitoringPorts, answers
from deploy.local.ports import LOOPBACK, free_ports, is_free
from deploy.local.postgres import EXPORTER, OWNER, PostgresServer
from deploy.local.processes import Process, StackError, wait_until
from deploy.local.rabbitmq import RabbitPorts, RabbitServer

ROOT = Path(__file__).resolve().parents[2]
PORTS = (
    *("postgres", "amqp", "management", "broker_metrics", "distribution", "names"),
    *("api", "api_health", "worker", "scheduler"),
)
MONITORING_PORTS = ("prometheus", "postgres_exporter")
#: The port that each job of Prometheus scrapes.
SCRAPED = {
    "epsm-api": "api_health",
    "epsm-worker": "worker",
    "epsm-scheduler": "scheduler",
    "rabbitmq": "broker_metrics",
    "rabbitmq-queues": "broker_metrics",
}
#: Settings that fix the ports of our services; ports of Postgres and RabbitMQ cannot be set.
CONFIGURED = {
    "api": "EPSM_API_PORT",
    "api_health": "EPSM_API_HEALTH_PORT",
    "worker": "EPSM_WORKER_PORT",
    "scheduler": "EPSM_SCHEDULER_PORT",
}
CONSUMER_TIMEOUT_SECONDS = 7200.0
#: With the role of the schema's owner, which services do not get.
MIGRATION_URL = "EPSM_MIGRATION_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class State:
    """Ports and passwords: chosen once and stored."""

    ports: dict[str, int]
    passwords: dict[str, str]


class Stack:
    """All parts in one `directory`; `environment` adds to or overrides the settings of our services.

    The services are those of the program below `source`.
    """

    def __init__(self, directory: Path, environment: Mapping[str, str], source: Path = ROOT) -> None:
        self.directory = directory.absolute()
        self._given = dict(environment)
        self._source = source
        self.state = self._load()
        ports = self.state.ports
        self.postgres = PostgresServer(self.directory, ports["postgres"], self.state.passwords["postgres"])
        timeout = float(self._given.get("EPSM_CONSUMER_TIMEOUT_SECONDS", CONSUMER_TIMEOUT_SECONDS))
        self.rabbitmq = RabbitServer(
            self.directory,
            RabbitPorts(*(ports[n] for n in ("amqp", "management", "broker_metrics", "distribution", "names"))),
            self.state.passwords["rabbitmq"],
            timeout,
        )
        self.api = Process("api", self.directory)
        self.worker = Process("worker", self.directory)
        self.scheduler = Process("scheduler", self.directory)
        self.monitoring = Monitoring(
            self.directory,
            MonitoringPorts(*(ports[name] for name in MONITORING_PORTS)),
            {job: f"{LOOPBACK}:{ports[name]}" for job, name in SCRAPED.items()},
            self.postgres.url(role=EXPORTER).replace("+psycopg2", "") + "?sslmode=disable",
        )

    @property
    def url(self) -> str:
        """Base URL of the API."""
        return f"http://{LOOPBACK}:{self.state.ports['api']}"

    @property
    def processes(self) -> tuple[Process, ...]:
        """All processes, in the order of starting; monitoring only if it was started."""
        watching = [p for p in self.monitoring.processes if p.pid is not None or p.crashed]
        return (self.postgres.process, self.rabbitmq.process, self.api, self.worker, self.scheduler, *watching)

    def up(self) -> Iterator[str]:
        """Starts the parts that are not running; yields the name of each one first. Raises StackError."""
        yield "Postgres"
        self.postgres.start()
        yield "RabbitMQ"
        self.rabbitmq.start()
        yield "the schema"
        self.migrate()
        yield "API"
        self.start_api()
        yield "worker"
        self.start_worker()
        yield "scheduler"
        self.start_scheduler()

    def monitor(self) -> Iterator[str]:
        """Starts Prometheus and its exporter; yields the name of each one first. Raises StackError."""
        yield from self.monitoring.start()

    def down(self) -> Iterator[str]:
        """Stops everything, in reverse order; yields the name of each part first. Data are kept."""
        self.monitoring.stop()
        for process in (self.scheduler, self.worker, self.api):
            yield process.name
            process.stop()
        yield "rabbitmq"
        self.rabbitmq.stop()
        yield "postgres"
        self.postgres.stop()

    def migrate(self) -> None:
        """Migrates the database to the newest schema, as its owner. Raises StackError."""
        given = self._given.get(MIGRATION_URL)
        # An address of the caller's own may be of another server, with other roles.
        url = self.postgres.url(role=OWNER) if given is None and "EPSM_DATABASE_URL" not in self._given else given
        environment = {**self.environment(), **({MIGRATION_URL: url} if url else {})}
        command = [sys.executable, "-m", "shared.db", "upgrade"]
        done = subprocess.run(command, env=environment, cwd=self._source, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StackError(f"the schema could not be brought up to date: {done.stderr.strip()[-1000:]}")

    def start_api(self) -> None:
        """Starts the API if it is not running; returns when it is ready. Raises StackError."""
        command = [sys.executable, "-m", "api_service"]
        self._start(self.api, command, "/readyz", self.state.ports["api"], "the API")

    def start_worker(self) -> None:
        """Starts the worker if it is not running; returns when it takes runs. Raises StackError."""
        command = [sys.executable, "-m", "sim_worker"]
        self._start(self.worker, command, "/healthz", self.state.ports["worker"], "the worker")

    def start_scheduler(self) -> None:
        """Starts the scheduler if it is not running; returns when it is healthy. Raises StackError."""
        command = [sys.executable, "-m", "scheduler_service"]
        self._start(self.scheduler, command, "/healthz", self.state.ports["scheduler"], "the scheduler")

    def environment(self) -> dict[str, str]:
        """Returns the environment of our services: the stack's own settings, overridden by the caller's."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        ports = self.state.ports
        return {
            **inherited,
            "EPSM_DATABASE_URL": self.postgres.url(),
            "EPSM_BROKER_URL": self.rabbitmq.url(),
            "EPSM_BROKER_MANAGEMENT_URL": self.rabbitmq.management_url,
            "EPSM_STORAGE_URL": (self.directory / "storage").as_uri(),
            "EPSM_SCRATCH_DIRECTORY": str(self.directory / "scratch"),
            "EPSM_API_HOST": LOOPBACK,
            **{setting: str(ports[name]) for name, setting in CONFIGURED.items()},
            "EPSM_CONSUMER_TIMEOUT_SECONDS": str(CONSUMER_TIMEOUT_SECONDS),
            **{name: value for name, value in self._given.items() if name != MIGRATION_URL},
        }

    def _start(self, process: Process, command: list[str], path: str, port: int, what: str) -> None:
        if process.pid is None:
            process.start(command, self.environment(), self._source)
        wait_until(lambda: answers(port, path), process, what)

    def _load(self) -> State:
        self.directory.mkdir(mode=0o755, parents=True, exist_ok=True)
        path = self.directory / "stack.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        state = self._choose(known.get("ports", {}), known.get("passwords", {}))
        path.touch(mode=0o600)
        path.write_text(json.dumps({"ports": state.ports, "passwords": state.passwords}, indent=1))
        return state

    def _choose(self, ports: dict[str, int], passwords: dict[str, str]) -> State:
        idle = not any(Process(name, self.directory).pid for name in ("postgres", "rabbitmq", "api"))
        names = PORTS + MONITORING_PORTS
        chosen = dict(zip(names, free_ports(len(names)), strict=True))
        for name in names:
            if name in ports and (not idle or is_free(ports[name])):
                chosen[name] = ports[name]
        chosen |= {name: int(self._given[variable]) for name, variable in CONFIGURED.items() if variable in self._given}
        secret = {name: passwords.get(name) or secrets.token_urlsafe(24) for name in ("postgres", "rabbitmq")}
        return State(chosen, secret)
