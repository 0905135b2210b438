"""All services as real processes in memory cgroups of the chart's sizes, and a watch over their health."""

import json
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import requests

from deploy.local.ports import LOOPBACK
from deploy.local.stack import ROOT
from tests.e2e.conftest import CHICAGO, SIZING, System
from tests.hostile.attacks import Attack
from tests.support.memory import MemoryGroup

SERVICES = {"api": "api_service", "worker": "sim_worker", "scheduler": "scheduler_service"}
#: The port of each service that answers /healthz.
PORTS = {"api": "api_health", "worker": "worker", "scheduler": "scheduler"}
INTERVAL_SECONDS = 0.2
#: Time that the chart's probes give a service to answer.
PROBE_SECONDS = 10.0
#: A large model is looked through before the answer.
REQUEST_SECONDS = 600


class HealthWatch:
    """Asks every service for /healthz, one after the other answer, from a thread for each."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=service, daemon=True) for service in ports.items()]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, service: str, port: int) -> None:
        while True:
            try:
                answer = requests.get(f"http://{LOOPBACK}:{port}/healthz", timeout=PROBE_SECONDS)
            except requests.RequestException as error:
                self.failures.append(f"{service}: {error}")
            else:
                self.answers[service] += 1
                if answer.status_code != 200:
                    self.failures.append(f"{service}: {answer.text}")
            if self._stop.wait(INTERVAL_SECONDS):
                return


@dataclass(frozen=True)
class ContainedServices:
    """The stack, and the memory cgroup of each of its services."""

    system: System
    groups: Mapping[str, MemoryGroup]
    #: Whether attacks come in full: large, and as many at once as the worker has slots.
    full: bool

    @property
    def at_once(self) -> int:
        """How many attacks of a kind come at once."""
        return int(self.system.stack.environment()["EPSM_CONCURRENCY"]) if self.full else 1

    def start(self) -> None:
        """Starts all; returns when the worker takes runs."""
        stack = self.system.stack
        stack.postgres.start()
        stack.rabbitmq.start()
        stack.migrate()
        for process in (stack.api, stack.worker, stack.scheduler):
            command = self.groups[process.name].around([sys.executable, "-m", SERVICES[process.name]])
            process.start(command, stack.environment(), ROOT)
        stack.start_api()
        stack.start_worker()
        stack.start_scheduler()

    def watched(self) -> HealthWatch:
        """A watch over all services, while its body runs."""
        return HealthWatch({service: self.system.stack.state.ports[port] for service, port in PORTS.items()})

    def send(self, attack: Attack, content: bytes) -> requests.Response:
        """Submits an attack whose file has been made."""
        return requests.post(
            f"{self.system.stack.url}/api/v1/simulations",
            files=[("models", (attack.name, content)), ("weather", (CHICAGO.name, CHICAGO.read_bytes()))],
            data={"spec": json.dumps({**SIZING, "reuse": False, "parameters": attack.parameters})},
            headers={"X-EPSM-Owner": "hostile"},
            timeout=REQUEST_SECONDS,
        )

    def faults(self, watch: HealthWatch) -> list[str]:
        """What the services have suffered: none may be unhealthy, or have had its limit of memory reached."""
        silent = [f"{service} was never asked" for service in SERVICES if not watch.answers[service]]
        killed = [f"{name}: {group.kills} killed" for name, group in self.groups.items() if group.kills]
        full = [f"{name}: {group.peak} bytes" for name, group in self.groups.items() if group.peak >= group.limit]
        return [*watch.failures, *silent, *killed, *full]
