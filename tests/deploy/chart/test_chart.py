"""The chart renders, its manifests validate strictly, and containers are confined, limited and free of secrets."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shared.settings import PREFIX, SettingsError, read_settings
from tests.deploy.chart.manifests import NAMES, containers, environment, of_kind, pods
from tests.deploy.chart.rendering import CHART, VALUES, Manifest, golden, manifests, own, rendered, template
from tests.deploy.chart.schemas import KUBERNETES, validate
from tests.deploy.chart.tools import helm
from tests.tls import make_pki

#: Names that suggest a secret.
SECRET = re.compile(
    r"password|secret_key|access_key|database_url|broker_url|token|session_secret|client_secret|data_source",
    re.IGNORECASE,
)


def test_helm_lint_passes() -> None:
    for values in VALUES:
        done = subprocess.run(
            [helm(), "lint", "--strict", "--quiet", CHART, "--values", values],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("values", VALUES, ids=NAMES)
def test_the_rendering_is_the_reviewed_one(values: Path) -> None:
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
        ("settings.EPSM_DATABASE_LISTEN_URL=postgresql://u:p@h/d", "DATABASE_LISTEN_URL"),
        ("settings.EPSM_MIGRATION_DATABASE_URL=postgresql://u:p@h/d", "MIGRATION_DATABASE_URL"),
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
def test_no_secret_is_in_clear_text(everything: dict[str, list[Manifest]], name: str) -> None:
    for place, pod in pods(everything[name]):
        for container in containers(pod):
            for entry in container.get("env", []):
                if SECRET.search(entry["name"]):
                    assert set(entry) == {"name", "valueFrom"}, f"{place}: {entry['name']}"
                    assert set(entry["valueFrom"]) == {"secretKeyRef"}
    assert not of_kind(everything[name], "Secret")
    assert not re.search(r"://[^/\s\"]*:[^/\s\"]*@", json.dumps(everything[name]))


@pytest.mark.parametrize("name", NAMES)
def test_the_services_accept_their_settings(
    everything: dict[str, list[Manifest]], name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pki = make_pki(tmp_path)
    mounted = {"ca.crt": pki.ca, "tls.crt": pki.cert, "tls.key": pki.key}
    checked = 0
    for _, pod in pods(everything[name]):
        for container in containers(pod):
            variables = {n: v for n, v in environment(container).items() if n.startswith(PREFIX)}
            with monkeypatch.context() as patch:
                for variable in [variable for variable in os.environ if variable.startswith(PREFIX)]:
                    patch.delenv(variable)
                for variable, value in variables.items():
                    patch.setenv(variable, mounted[Path(value).name] if variable.endswith("_FILE") else value)
                assert read_settings().auth_required or "EPSM_API_HOST" not in variables
            checked += len(variables)
    assert checked > 50


def test_certificates_are_mounted_where_the_services_expect_them(everything: dict[str, list[Manifest]]) -> None:
    secrets = {"database": "epsm-postgres-ca", "broker": "epsm-rabbitmq-client", "storage": "epsm-store-ca"}
    for place, pod in pods(everything["private-authority"]):
        wanted = {"database"} if "migrate" in place else set(secrets)
        volumes = {v["name"]: v["secret"] for v in pod["spec"]["volumes"] if "secret" in v}
        assert {v["secretName"] for v in volumes.values()} == {secrets[server] for server in wanted}
        # Readable by our group only: libpq rejects a key that others could read.
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
