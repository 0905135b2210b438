"""The chart's ScaledObject with the real stack: from no worker to three and back; no run is lost or charged for it."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from deploy.local.processes import Process
from deploy.local.stack import ROOT
from tests.deploy.chart.rendering import VALUES, manifests
from tests.e2e.conftest import PATIENCE_SECONDS, SIZING, System
from tests.e2e.keda import Autoscaler

#: Factor by which the simulated cluster is faster than real time, so that minutes take seconds.
PACE = 60
WORKERS = 3


@pytest.fixture
def postgres(system: System) -> Iterator[Engine]:
    engine = create_engine(system.stack.postgres.url())
    yield engine
    engine.dispose()


@pytest.fixture
def fleet(system: System) -> Iterator["Fleet"]:
    system.stack.worker.stop()
    fleet = Fleet(system)
    yield fleet
    fleet.scale(0)


class Fleet:
    """Pods of one deployment: started when wanted, stopped when not, each with its full grace period."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._directory: Path = system.stack.directory
        self._pods: list[Process] = []
        self.most = 0

    def scale(self, replicas: int) -> None:
        while len(self._pods) < replicas:
            pod = Process(f"pod{len(self._pods)}", self._directory)
            environment = {**self._system.stack.environment(), "EPSM_WORKER_PORT": "0"}
            pod.start([sys.executable, "-m", "sim_worker"], environment, ROOT)
            self._pods.append(pod)
        while len(self._pods) > replicas:
            self._pods.pop().stop()
        self.most = max(self.most, len(self._pods))


def test_from_no_worker_to_three_and_back_under_load(system: System, postgres: Engine, fleet: Fleet) -> None:
    options = ("--set", f"workerDefaults.concurrency=2,workerDefaults.maxReplicas={WORKERS}")
    found = manifests(next(v for v in VALUES if v.stem == "minimal-external"), *options)
    autoscaler = Autoscaler(next(manifest for manifest in found if manifest["kind"] == "ScaledObject"))

    def wanted() -> int:
        with postgres.connect() as connection:
            return int(connection.scalar(text(autoscaler.query)) or 0)

    def follow(until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not until():
            assert time.monotonic() < deadline, system.logs()
            fleet.scale(autoscaler.tick(time.monotonic() * PACE, wanted()))
            time.sleep(autoscaler.poll_seconds / PACE)

    with postgres.connect() as connection:
        sent = connection.scalar(text("SELECT count(*) FROM canaries"))
    follow(lambda: canaries(postgres) > int(sent or 0) + 1)
    assert fleet.most == 0, "a canary has woken a worker"

    simulation = system.submit(SIZING, copies=40)
    follow(lambda: fleet.most == WORKERS)
    follow(lambda: autoscaler.replicas == 0)

    ended = system.simulation(simulation)
    assert (ended["status"], ended["counts"]["succeeded"]) == ("succeeded", 40)
    with postgres.connect() as connection:
        charged = connection.execute(
            text("SELECT charged, count(*) FROM runs WHERE simulation_id = :id GROUP BY charged"),
            {"id": simulation["id"]},
        ).all()
    assert [tuple(row) for row in charged] == [(1, 40)]
    system.until(
        lambda: all(worker["status"] in {"stopped", "lost"} for worker in system.get("/api/v1/workers")["items"]),
        "all have left",
    )


def canaries(postgres: Engine) -> int:
    with postgres.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM canaries")) or 0)
