"""Policy check: checkov on the rendered chart, with a planted violation as proof that it checks."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.local.install import TOOLS
from tests.deploy.chart.rendering import CHART, VALUES, manifests, rendered

CHECKOV = "3.3.30"
POLICY = CHART.parent / "checkov.yaml"

pytestmark = pytest.mark.deploy


@pytest.fixture(scope="module")
def checkov() -> Path:
    """The program, in a separate environment, because it pins many packages of PyPI."""
    home = TOOLS / f"checkov-{CHECKOV}"
    program = home / "bin" / "checkov"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", f"checkov=={CHECKOV}"], check=True)
    return program


def check(checkov: Path, directory: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *(checkov, "--framework", "kubernetes", "--skip-download", "--compact", "--quiet"),
            *("--config-file", POLICY, "--directory", directory),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("values", VALUES, ids=lambda values: values.stem)
def test_the_chart_keeps_to_the_policies(checkov: Path, values: Path, tmp_path: Path) -> None:
    (tmp_path / "chart.yaml").write_text(rendered(values))

    done = check(checkov, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_violation_is_found(checkov: Path, tmp_path: Path) -> None:
    deployment = next(manifest for manifest in manifests(VALUES[0]) if manifest["kind"] == "Deployment")
    deployment["spec"]["template"]["spec"]["containers"][0]["securityContext"]["privileged"] = True
    (tmp_path / "chart.yaml").write_text(yaml.safe_dump(deployment))

    done = check(checkov, tmp_path)

    assert done.returncode == 1
    assert "CKV_K8S_16" in done.stdout
