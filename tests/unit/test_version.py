"""pyproject.toml defines the version; all other places have the same one."""

import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client import CollectorRegistry

from shared.health import HealthServer

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
#: Files that must contain the version, each with the pattern that finds it.
COPIES = {
    "deploy/images/Dockerfile": r"^ARG VERSION=(\S+)$",
    "deploy/compose/compose.yaml": r"\$\{EPSM_VERSION:-([^}]+)\}",
    "deploy/compose/.env.example": r"^#EPSM_VERSION=(\S+)$",
    "tests/deploy/images/test_images.py": r'^VERSION = "([^"]+)"$',
}


def test_the_installed_package_has_the_version_of_pyproject() -> None:
    assert version("epsm") == VERSION


def test_the_chart_has_the_version_of_pyproject() -> None:
    chart = yaml.safe_load((ROOT / "deploy/helm/epsm/Chart.yaml").read_text())
    values = yaml.safe_load((ROOT / "deploy/helm/epsm/values.yaml").read_text())

    assert {chart["version"], chart["appVersion"]} == {VERSION}
    assert values["image"]["tag"] == "", "an empty tag stands for the chart's appVersion"


@pytest.mark.parametrize("path", COPIES)
def test_images_and_compose_have_the_version_of_pyproject(path: str) -> None:
    found = re.findall(COPIES[path], (ROOT / path).read_text(), re.MULTILINE)

    assert found
    assert set(found) == {VERSION}


@pytest.mark.parametrize(("fault", "status"), [(None, "ok"), ("no database", "unhealthy")])
def test_worker_and_scheduler_say_their_version_healthy_or_not(fault: str | None, status: str) -> None:
    server = HealthServer("127.0.0.1", 0, lambda: fault, CollectorRegistry())
    server.start()
    try:
        body = _read(f"http://127.0.0.1:{server.port}/healthz")
    finally:
        server.stop()

    assert (body["status"], body["version"]) == (status, VERSION)


def _read(address: str) -> dict[str, str]:
    try:
        with urlopen(address, timeout=30) as answer:  # noqa: S310  (loopback)
            content: dict[str, str] = json.load(answer)
    except HTTPError as error:
        with error:
            content = json.load(error)
    return content
