"""Renders the chart with Helm. `python -m tests.deploy.chart.rendering` updates the golden renderings."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.chart.tools import helm

ROOT = Path(__file__).resolve().parents[3]
CHART = ROOT / "deploy" / "helm" / "epsm"
HERE = Path(__file__).parent
VALUES = sorted((HERE / "values").glob("*.yaml"))

Manifest = dict[str, Any]


def template(values: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `helm template`."""
    command = [str(helm()), "template", "epsm", str(CHART), "--namespace", "epsm", "--values", str(values), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rendered(values: Path, *arguments: str) -> str:
    """The manifests as text."""
    done = template(values, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def manifests(values: Path, *arguments: str) -> list[Manifest]:
    """The manifests as data."""
    return [document for document in yaml.safe_load_all(rendered(values, *arguments)) if document]


def golden(values: Path) -> Path:
    """Path of the reviewed rendering, without rules and dashboards, which have tests of their own."""
    return HERE / "golden" / values.name


def own(text: str) -> str:
    """A rendering without the rules and dashboards."""
    parts = text.split("\n---\n")
    return "\n---\n".join(p for p in parts if "kind: PrometheusRule" not in p and "grafana_dashboard" not in p)


if __name__ == "__main__":
    for path in VALUES:
        golden(path).write_text(own(rendered(path)))
