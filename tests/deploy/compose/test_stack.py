"""The whole compose stack: a real model, starting and stopping workers under load, monitoring by Prometheus.

Postgres, RabbitMQ, Prometheus, Alertmanager and the exporter come from Debian's packages; Grafana is left out.
"""

from collections.abc import Iterator

import pytest

from deploy.demo.__main__ import PARAMETER
from deploy.local.ports import LOOPBACK
from tests.deploy.compose.stack import ComposeStack, running_stack, wait
from tests.deploy.docker import Docker

pytestmark = pytest.mark.deploy


@pytest.fixture(scope="module")
def stack(docker: Docker) -> Iterator[ComposeStack]:
    # Without a drain, a stopping worker gives its runs back at once.
    with running_stack(docker, {"COMPOSE_PROFILES": "prometheus", "EPSM_DRAIN_SECONDS": "0"}) as stack:
        yield stack


def test_every_container_runs_unprivileged_and_listens_on_loopback_only(stack: ComposeStack) -> None:
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


def test_a_worker_has_no_route_out_of_the_stack(stack: ComposeStack) -> None:
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


def test_prometheus_scrapes_every_service(stack: ComposeStack) -> None:
    jobs = {
        *("epsm-api", "epsm-worker", "epsm-scheduler", "rabbitmq", "rabbitmq-queues"),
        *("postgres", "alertmanager", "prometheus"),
    }

    def healthy() -> set[str]:
        targets = stack.get("/api/v1/targets", "PROMETHEUS")["data"]["activeTargets"]
        return {target["labels"]["job"] for target in targets if target["health"] == "up"}

    wait(lambda: healthy() == jobs, "every target to be up")
    wait(lambda: bool(stack.get("/api/v2/status", "ALERTMANAGER")["versionInfo"]), "Alertmanager")


def test_workers_start_and_stop_under_load_and_no_run_is_lost_or_charged_twice(stack: ComposeStack) -> None:
    study = stack.submit([1 + number / 100 for number in range(14)])
    wait(lambda: len(stack.at_work(study)) == 1, "the one worker to be at work")

    stack.up("--no-recreate", "--scale", "worker=3")
    wait(lambda: len(stack.at_work(study)) == 3, "three workers to be at work")
    stack.up("--no-recreate", "--scale", "worker=1")

    assert len(stack.containers("worker")) == 1
    runs = stack.ended(study)
    assert [run["status"] for run in runs] == ["succeeded"] * 14
    assert stack.charged(study) == [1] * 14
    # At least one run must have been interrupted, otherwise the test proves nothing.
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
