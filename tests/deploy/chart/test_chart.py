"""The chart: it renders, validates strictly, and its manifests hold what an operator counts on."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from shared.settings import PREFIX, Settings, SettingsError, read_settings
from tests.deploy.chart.rendering import CHART, VALUES, Manifest, golden, manifests, own, rendered, template
from tests.deploy.chart.schemas import KUBERNETES, OPERATORS, validate
from tests.deploy.chart.tools import helm
from tests.rows import Rows
from tests.tls import make_pki

MARGIN_SECONDS = 30
NAMES = [values.stem for values in VALUES]
#: What every hint of a secret in clear would look like in a name.
SECRET = re.compile(
    r"password|secret_key|access_key|database_url|broker_url|token|session_secret|client_secret|data_source",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def everything() -> dict[str, list[Manifest]]:
    """All manifests by the name of their values."""
    return {values.stem: manifests(values) for values in VALUES}


def of_kind(found: list[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in found if manifest["kind"] == kind]


def pods(found: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Every pod's template by name."""
    for manifest in found:
        if manifest["kind"] in {"Deployment", "Job"}:
            yield manifest["metadata"]["name"], manifest["spec"]["template"]


def containers(pod: Manifest) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def environment(container: dict[str, Any]) -> dict[str, str]:
    """What a container is told in clear, with an address in place of what comes from a secret."""
    secrets = {
        "EPSM_DATABASE_URL": "postgresql://epsm@db/epsm",
        "EPSM_BROKER_URL": "amqps://epsm@mq/",
        "EPSM_SESSION_SECRET": "a session secret as long as it must be",
    }
    return {
        entry["name"]: entry["value"] if "value" in entry else secrets.get(entry["name"], "from a secret")
        for entry in container.get("env", [])
    }


def quantity(text_: str) -> float:
    """Mebibytes."""
    number, unit = re.fullmatch(r"([\d.]+)(Mi|Gi)", text_).groups()  # type: ignore[union-attr]
    return float(number) * (1024 if unit == "Gi" else 1)


def test_helm_finds_nothing_to_complain_of() -> None:
    for values in VALUES:
        done = subprocess.run(
            [helm(), "lint", "--strict", "--quiet", CHART, "--values", values],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("values", VALUES, ids=NAMES)
def test_the_rendering_is_the_one_that_was_looked_at(values: Path) -> None:
    assert own(rendered(values)) == golden(values).read_text(), "run: python -m tests.deploy.chart.rendering"


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("name", NAMES)
def test_every_manifest_is_valid(everything: dict[str, list[Manifest]], name: str, version: str) -> None:
    assert everything[name]
    for manifest in everything[name]:
        validate(manifest, version)


@pytest.mark.parametrize(
    ("kind", "typo"),
    [
        ("Deployment", lambda m: m["spec"]["template"]["spec"]["containers"][0].update(redinessProbe={})),
        ("NetworkPolicy", lambda m: m["spec"].update(podSelektor={})),
        ("ScaledObject", lambda m: m["spec"].update(minReplicas=0)),
        ("Cluster", lambda m: m["spec"].update(instance=3)),
        ("RabbitmqCluster", lambda m: m["spec"].update(replicas="three")),
        ("PrometheusRule", lambda m: m["spec"]["groups"][0]["rules"][0].update(expression="up")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_typo_in_a_manifest_is_caught(everything: dict[str, list[Manifest]], kind: str, typo: Any) -> None:
    manifest = json.loads(json.dumps(of_kind(everything["operators"], kind)[0]))
    validate(manifest, KUBERNETES[-1])

    typo(manifest)

    with pytest.raises(ValueError, match=kind):
        validate(manifest, KUBERNETES[-1])


@pytest.mark.parametrize(
    ("assignment", "named"),
    [
        ("api.replica.min=3", "replica"),
        ("workerDefaults.drainSecond=5", "drainSecond"),
        ("engines.25\\.2\\.0.concurency=4", "concurency"),
        ("broker.queueType=streams", "queueType"),
        ("limits.hardSeconds=0", "hardSeconds"),
        ("tls.database.secret=epsm-postgres-ca", "secret"),
        ("settings.EPSM_DATABASE_URL=postgresql://u:p@h/d", "DATABASE_URL"),
        ("database.secret.name=", "database.secret.name"),
        ("storage.url=", "storage.url"),
    ],
)
def test_a_mistake_in_the_values_is_refused_by_name(assignment: str, named: str) -> None:
    done = template(VALUES[0], "--set-string" if "settings" in assignment else "--set", assignment)

    assert done.returncode != 0
    assert named in done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_container_is_confined_limited_and_probed(everything: dict[str, list[Manifest]], name: str) -> None:
    for place, pod in pods(everything[name]):
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True, place
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, place
        assert pod["spec"]["automountServiceAccountToken"] is False, place
        for container in containers(pod):
            where = f"{place}/{container['name']}"
            security = container["securityContext"]
            assert security["allowPrivilegeEscalation"] is False, where
            assert security["readOnlyRootFilesystem"] is True, where
            assert security["capabilities"] == {"drop": ["ALL"]}, where
            assert {"cpu", "memory", "ephemeral-storage"} <= container["resources"]["requests"].keys(), where
            assert {"memory", "ephemeral-storage"} <= container["resources"]["limits"].keys(), where
            assert "@sha256:" in container["image"] or re.search(r":v?\d[\w.-]+$", container["image"]), where
        if "Job" not in place and "migrate" not in place:
            for container in pod["spec"]["containers"]:
                assert {"readinessProbe", "livenessProbe"} <= container.keys(), place
        for volume in pod["spec"].get("volumes", []):
            limited = "persistentVolumeClaim" in volume or "secret" in volume or "sizeLimit" in volume["emptyDir"]
            assert limited, f"{place}: {volume['name']}"


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_written_down(everything: dict[str, list[Manifest]], name: str) -> None:
    for place, pod in pods(everything[name]):
        for container in containers(pod):
            for entry in container.get("env", []):
                if SECRET.search(entry["name"]):
                    assert set(entry) == {"name", "valueFrom"}, f"{place}: {entry['name']}"
                    assert set(entry["valueFrom"]) == {"secretKeyRef"}
    assert not of_kind(everything[name], "Secret")
    assert not re.search(r"://[^/\s\"]*:[^/\s\"]*@", json.dumps(everything[name]))


@pytest.mark.parametrize("name", NAMES)
def test_the_services_accept_what_they_are_told(
    everything: dict[str, list[Manifest]], name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pki = make_pki(tmp_path)
    mounted = {"ca.crt": pki.ca, "tls.crt": pki.cert, "tls.key": pki.key}
    told = 0
    for _, pod in pods(everything[name]):
        for container in containers(pod):
            variables = {n: v for n, v in environment(container).items() if n.startswith(PREFIX)}
            with monkeypatch.context() as patch:
                for variable in [variable for variable in os.environ if variable.startswith(PREFIX)]:
                    patch.delenv(variable)
                for variable, value in variables.items():
                    patch.setenv(variable, mounted[Path(value).name] if variable.endswith("_FILE") else value)
                assert read_settings().auth_required or "EPSM_API_HOST" not in variables
            told += len(variables)
    assert told > 50


def test_certificates_lie_where_the_services_look_for_them(everything: dict[str, list[Manifest]]) -> None:
    secrets = {"database": "epsm-postgres-ca", "broker": "epsm-rabbitmq-client", "storage": "epsm-store-ca"}
    for place, pod in pods(everything["private-authority"]):
        wanted = {"database"} if "migrate" in place else set(secrets)
        volumes = {v["name"]: v["secret"] for v in pod["spec"]["volumes"] if "secret" in v}
        assert {v["secretName"] for v in volumes.values()} == {secrets[server] for server in wanted}
        # Readable by our group alone: Postgres's library takes no key that others could read.
        assert {v["defaultMode"] for v in volumes.values()} == {0o440}
        for container in containers(pod):
            mounts = {m["mountPath"]: m["name"] for m in container["volumeMounts"] if m.get("readOnly")}
            files = {n: Path(v) for n, v in environment(container).items() if n.endswith("_FILE")}
            assert {mounts[str(path.parent)] for path in files.values()} == set(volumes), place
            assert ("EPSM_BROKER_KEY_FILE" in files) == ("broker" in wanted), place
            assert "EPSM_DATABASE_KEY_FILE" not in files


def test_settings_that_contradict_each_other_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = next(pod for place, pod in pods(manifests(VALUES[0])) if "worker" in place)
    for variable, value in environment(worker["spec"]["containers"][0]).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("EPSM_DRAIN_SECONDS", "6000")

    with pytest.raises(SettingsError, match="EPSM_DRAIN_SECONDS"):
        read_settings()


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_has_the_time_and_the_room_that_its_runs_need(
    everything: dict[str, list[Manifest]], name: str
) -> None:
    workers = [(place, pod) for place, pod in pods(everything[name]) if "worker" in place]
    assert workers
    for place, pod in workers:
        container = pod["spec"]["containers"][0]
        told = environment(container)
        drain, runs = float(told["EPSM_DRAIN_SECONDS"]), int(told["EPSM_CONCURRENCY"])
        assert pod["spec"]["terminationGracePeriodSeconds"] >= drain + MARGIN_SECONDS, place
        spot = pod["metadata"]["annotations"]["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "true"
        assert spot or "23-2" in place or drain >= float(told["EPSM_HARD_LIMIT_SECONDS"]), (
            f"{place} would cut runs short"
        )
        limits, requests = container["resources"]["limits"], container["resources"]["requests"]
        # A run that takes all it may must meet its own limit, not the container's, which would take its neighbours too.
        assert quantity(limits["memory"]) >= runs * float(told["EPSM_MEMORY_LIMIT_BYTES"]) / 1024**2 + 128, place
        assert float(requests["cpu"]) == runs, place
        scratch = next(volume for volume in pod["spec"]["volumes"] if volume["name"] == "scratch")
        assert quantity(limits["ephemeral-storage"]) >= quantity(scratch["emptyDir"]["sizeLimit"]), place
        # Postgres away is no reason to kill a worker: its runs would go with it.
        assert container["livenessProbe"]["httpGet"]["path"] == "/metrics", place


@pytest.mark.parametrize("name", NAMES)
def test_rabbitmq_keeps_quiet_for_as_long_as_a_run_may_take(everything: dict[str, list[Manifest]], name: str) -> None:
    told = {
        environment(container)["EPSM_CONSUMER_TIMEOUT_SECONDS"]
        for _, pod in pods(everything[name])
        for container in containers(pod)
        if "EPSM_CONSUMER_TIMEOUT_SECONDS" in environment(container)
    }
    (seconds,) = told
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


def test_the_schema_goes_first_and_newer_code_waits_for_it(everything: dict[str, list[Manifest]]) -> None:
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


def test_every_rule_and_dashboard_is_carried_along(everything: dict[str, list[Manifest]]) -> None:
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
def test_nobody_is_woken_for_a_server_that_is_not_scraped(options: str, watched: set[str]) -> None:
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
        # Held back after an infrastructure error, and a canary on its way: neither wakes a worker.
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
