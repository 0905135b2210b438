"""Access to the parts of rendered manifests."""

from collections.abc import Iterator
from typing import Any

from tests.deploy.chart.rendering import VALUES, Manifest

NAMES = [values.stem for values in VALUES]


def of_kind(found: list[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in found if manifest["kind"] == kind]


def pods(found: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """The template of every pod by name."""
    for manifest in found:
        if manifest["kind"] in {"Deployment", "Job"}:
            yield manifest["metadata"]["name"], manifest["spec"]["template"]


def containers(pod: Manifest) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def environment(container: dict[str, Any]) -> dict[str, str]:
    """The environment of a container; values from a secret are replaced by an address."""
    secrets = {
        "EPSM_DATABASE_URL": "postgresql://epsm@db/epsm",
        "EPSM_MIGRATION_DATABASE_URL": "postgresql://epsm_owner@db/epsm",
        "EPSM_DATABASE_LISTEN_URL": "postgresql://epsm@direct/epsm",
        "EPSM_BROKER_URL": "amqps://epsm@mq/",
        "EPSM_SESSION_SECRET": "a session secret as long as it must be",
    }
    return {
        entry["name"]: entry["value"] if "value" in entry else secrets.get(entry["name"], "from a secret")
        for entry in container.get("env", [])
    }
