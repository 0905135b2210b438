"""Operation of a release: grace periods, memory, network policies, order of the rollout, scaling."""

import re
from datetime import timedelta

import pytest
import yaml
from sqlalchemy import text

from shared.settings import PREFIX, Settings
from tests.deploy.chart.manifests import NAMES, containers, environment, of_kind, pods
from tests.deploy.chart.rendering import CHART, VALUES, Manifest, manifests
from tests.deploy.chart.schemas import OPERATORS
from tests.rows import Rows

MARGIN_SECONDS = 30


def quantity(text_: str) -> float:
    """Converts to mebibytes."""
    number, unit = re.fullmatch(r"([\d.]+)(Mi|Gi)", text_).groups()  # type: ignore[union-attr]
    return float(number) * (1024 if unit == "Gi" else 1)


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_has_the_time_and_the_memory_that_its_runs_need(
    everything: dict[str, list[Manifest]], name: str
) -> None:
    workers = [(place, pod) for place, pod in pods(everything[name]) if "worker" in place]
    assert workers
    for place, pod in workers:
        container = pod["spec"]["containers"][0]
        variables = environment(container)
        drain, runs = float(variables["EPSM_DRAIN_SECONDS"]), int(variables["EPSM_CONCURRENCY"])
        assert pod["spec"]["terminationGracePeriodSeconds"] >= drain + MARGIN_SECONDS, place
        spot = pod["metadata"]["annotations"]["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "true"
        assert spot or "23-2" in place or drain >= float(variables["EPSM_HARD_LIMIT_SECONDS"]), (
            f"{place} would cut runs short"
        )
        limits, requests = container["resources"]["limits"], container["resources"]["requests"]
        # A run at its memory limit must meet that limit, not the container's, which would kill the other runs too.
        assert quantity(limits["memory"]) >= runs * float(variables["EPSM_MEMORY_LIMIT_BYTES"]) / 1024**2 + 128, place
        assert float(requests["cpu"]) == runs, place
        scratch = next(volume for volume in pod["spec"]["volumes"] if volume["name"] == "scratch")
        assert quantity(limits["ephemeral-storage"]) >= quantity(scratch["emptyDir"]["sizeLimit"]), place
        # An outage of Postgres is no reason to kill a worker: its runs would be lost.
        assert container["livenessProbe"]["httpGet"]["path"] == "/metrics", place


@pytest.mark.parametrize("name", NAMES)
def test_rabbitmq_has_the_consumer_timeout_of_the_services(everything: dict[str, list[Manifest]], name: str) -> None:
    variables = {
        environment(container)["EPSM_CONSUMER_TIMEOUT_SECONDS"]
        for _, pod in pods(everything[name])
        for container in containers(pod)
        if "EPSM_CONSUMER_TIMEOUT_SECONDS" in environment(container)
    }
    (seconds,) = variables
    for cluster in of_kind(everything[name], "RabbitmqCluster"):
        assert f"consumer_timeout = {int(seconds) * 1000}\n" in cluster["spec"]["rabbitmq"]["additionalConfig"]


@pytest.mark.parametrize("name", NAMES)
def test_every_pod_is_denied_everything_but_what_a_policy_allows(
    everything: dict[str, list[Manifest]], name: str
) -> None:
    policies = of_kind(everything[name], "NetworkPolicy")
    deny = next(policy for policy in policies if policy["metadata"]["name"].endswith("-deny"))
    assert sorted(deny["spec"]["policyTypes"]) == ["Egress", "Ingress"]
    assert not {"ingress", "egress"} & deny["spec"].keys()
    for place, pod in pods(everything[name]):
        assert deny["spec"]["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items(), place
    for policy in policies:
        assert "matchLabels" in policy["spec"]["podSelector"]
        for rule in policy["spec"].get("ingress", []) + policy["spec"].get("egress", []):
            assert rule["ports"], policy["metadata"]["name"]


@pytest.mark.parametrize("name", NAMES)
def test_selectors_find_exactly_their_pods(everything: dict[str, list[Manifest]], name: str) -> None:
    templates = dict(pods(everything[name]))
    for deployment in of_kind(everything[name], "Deployment"):
        selector = deployment["spec"]["selector"]["matchLabels"].items()
        found = [place for place, pod in templates.items() if selector <= pod["metadata"]["labels"].items()]
        assert found == [deployment["metadata"]["name"]]
    for kind in ("PodDisruptionBudget", "PodMonitor"):
        for manifest in of_kind(everything[name], kind):
            selector = manifest["spec"]["selector"]["matchLabels"].items()
            if "epsm-rabbitmq" not in dict(selector).values():
                assert any(selector <= pod["metadata"]["labels"].items() for pod in templates.values())
    for scaled in of_kind(everything[name], "ScaledObject"):
        assert scaled["spec"]["scaleTargetRef"]["name"] in templates


def test_the_schema_is_migrated_first_and_newer_code_waits_for_it(everything: dict[str, list[Manifest]]) -> None:
    for name, found in everything.items():
        (job,) = of_kind(found, "Job")
        assert job["spec"]["template"]["spec"]["containers"][0]["args"] == ["python3", "-m", "shared.db", "upgrade"]
        hook = job["metadata"].get("annotations", {}).get("helm.sh/hook")
        assert hook == (None if name == "operators" else "pre-install,pre-upgrade")
        for deployment in of_kind(found, "Deployment"):
            if "exporter" not in deployment["metadata"]["name"]:
                (first,) = deployment["spec"]["template"]["spec"]["initContainers"]
                assert first["args"] == ["python3", "-m", "shared.db", "wait"]
    operators = next(values for values in VALUES if values.stem == "operators")
    (job,) = of_kind(manifests(operators, "--is-upgrade"), "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"


def test_the_chart_contains_every_rule_and_dashboard(everything: dict[str, list[Manifest]]) -> None:
    monitoring = CHART.parents[1] / "monitoring"
    found = everything["operators"]
    groups = [group for rule in of_kind(found, "PrometheusRule") for group in rule["spec"]["groups"]]
    paths = sorted((monitoring / "prometheus" / "rules").glob("*.yml"))
    assert sorted(groups, key=lambda g: str(g["name"])) == sorted(
        (group for path in paths for group in yaml.safe_load(path.read_text())["groups"]), key=lambda g: str(g["name"])
    )
    boards = {name: board for m in of_kind(found, "ConfigMap") for name, board in m["data"].items()}
    assert boards == {path.name: path.read_text() for path in (monitoring / "grafana" / "dashboards").glob("*.json")}


@pytest.mark.parametrize(
    ("options", "watched"),
    [
        ("monitoring.enabled=true", set()),
        ("monitoring.enabled=true,monitoring.serverRules=true", {"epsm-rabbitmq", "epsm-postgres"}),
        (
            "monitoring.enabled=true,monitoring.postgresExporter.enabled=true,monitoring.postgresExporter.image=x:1",
            {"epsm-postgres"},
        ),
    ],
)
def test_no_alert_for_a_server_that_is_not_scraped(options: str, watched: set[str]) -> None:
    found = manifests(VALUES[0], "--set", options)
    groups = {group["name"] for rule in of_kind(found, "PrometheusRule") for group in rule["spec"]["groups"]}

    assert {"epsm-rabbitmq", "epsm-postgres"} & groups == watched
    assert {"epsm-recording", "epsm-service", "epsm-runs", "epsm-hand-over"} <= groups


def test_monitors_name_the_jobs_that_the_rules_ask_for(everything: dict[str, list[Manifest]]) -> None:
    config = yaml.safe_load((CHART.parents[1] / "monitoring" / "prometheus" / "prometheus.yml").read_text())
    wanted = {scrape["job_name"] for scrape in config["scrape_configs"]} - {"alertmanager", "prometheus"}
    endpoints = [
        endpoint
        for manifest in everything["operators"]
        if manifest["kind"] in {"ServiceMonitor", "PodMonitor"}
        for endpoint in manifest["spec"].get("endpoints", manifest["spec"].get("podMetricsEndpoints"))
    ]
    assert {endpoint["relabelings"][0]["replacement"] for endpoint in endpoints} == wanted


def test_workers_are_scaled_on_what_could_run_and_what_runs(everything: dict[str, list[Manifest]], rows: Rows) -> None:
    (scaled,) = of_kind(everything["spot"], "ScaledObject")
    (trigger,) = scaled["spec"]["triggers"]
    assert scaled["spec"]["minReplicaCount"] == 0
    assert trigger["metadata"]["targetQueryValue"] == "8"

    def wanted() -> int:
        with rows.database.transaction() as connection:
            return int(connection.scalar(text(trigger["metadata"]["query"])) or 0)

    assert wanted() == 0
    first, second, third = rows.runs(rows.submit(3))
    assert wanted() == 3
    rows.finish(rows.start(first))
    assert wanted() == 2
    rows.start(second)
    assert wanted() == 2
    with rows.database.transaction() as connection:
        # A run that is held after an infrastructure error and a canary in transit: neither starts a worker.
        connection.execute(
            text("UPDATE runs SET not_before = now() + :hour, held_reason = 'backoff' WHERE id = :id"),
            {"hour": timedelta(hours=1), "id": third},
        )
        connection.execute(text("INSERT INTO canaries (id) VALUES (gen_random_uuid())"))
        connection.execute(text("UPDATE runs SET engine = engine"))
    assert wanted() == 1


def test_settings_in_the_values_are_known_ones() -> None:
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    for values in VALUES:
        assert set(yaml.safe_load(values.read_text()).get("settings", {})) <= known


def test_only_the_operators_kinds_need_their_definitions(everything: dict[str, list[Manifest]]) -> None:
    groups = {m["apiVersion"].rpartition("/")[0] for found in everything.values() for m in found}
    custom = {group for group in groups if group.count(".") and not group.endswith(".k8s.io")}
    assert custom == OPERATORS
