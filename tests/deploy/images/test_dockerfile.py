"""The Dockerfile of the services, checked by its text and by a linter."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from shared.settings import Settings
from tests.deploy.images.dockerfile import DOCKERFILE, ROOT, inherited, stages
from tests.deploy.images.tools import hadolint

TEXT = DOCKERFILE.read_text()
TARGETS = {"api": "api_service", "scheduler": "scheduler_service", "worker": "sim_worker"}


def test_the_linter_passes() -> None:
    done = lint(DOCKERFILE)
    assert done.returncode == 0, done.stdout


def test_the_linter_finds_a_fault(tmp_path: Path) -> None:
    faulty = tmp_path / "Dockerfile"
    faulty.write_text(TEXT.replace("--no-install-recommends ", ""))
    assert "DL3015" in lint(faulty).stdout


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(hadolint()), "--no-color", "--failure-threshold", "info", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_only_base_is_pinned_by_digest() -> None:
    known = stages(TEXT)
    base = dict(part.split("=", 1) for word, part in known[""].instructions if word == "ARG")["BASE"]
    assert re.fullmatch(r"python:3\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base)
    foreign = {stage.base for stage in known.values() if stage.base and stage.base not in known}
    assert foreign == {"${BASE}"}


@pytest.mark.parametrize("target", TARGETS)
def test_a_service_runs_with_a_numeric_unprivileged_user_under_an_init(target: str) -> None:
    assert inherited(target, "USER", TEXT)[-1] == "10001:10001"
    assert json.loads(inherited(target, "ENTRYPOINT", TEXT)[-1]) == ["/usr/bin/tini", "--"]
    assert inherited(target, "STOPSIGNAL", TEXT)[-1] == "SIGTERM"
    assert json.loads(inherited(target, "CMD", TEXT)[-1]) == ["python3", "-m", TARGETS[target]]


@pytest.mark.parametrize("target", TARGETS)
def test_a_service_has_a_health_check_on_its_own_port(target: str) -> None:
    settings = {"api": ("api_port", "api_health_port")}.get(target, (f"{target}_port",))
    ports = [str(Settings.model_fields[name].default) for name in settings]
    check = inherited(target, "HEALTHCHECK", TEXT)[-1]
    assert json.loads(check.partition(" CMD ")[2])[-2] == ports[-1]
    assert inherited(target, "EXPOSE", TEXT) == [" ".join(ports)]


def test_only_the_worker_gets_the_engine() -> None:
    known = stages(TEXT)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert [name for name in TARGETS if any("energyplus" in package for package in extras.get(name, ()))] == ["worker"]
    for target in TARGETS:
        sources = [rest for word, rest in known[target].instructions if word == "COPY"]
        assert sources == [f"--from={target}-dependencies /opt/epsm /opt/epsm"]
        installs = [rest for word, rest in known[f"{target}-dependencies"].instructions if word == "RUN"]
        assert [re.findall(r"--extra (\w+)", install) for install in installs] == [[target]]


def test_the_page_gets_its_libraries_by_their_lock_and_no_image_gets_node() -> None:
    known = stages(TEXT)
    fetched = [rest for word, rest in known["page"].instructions if word == "RUN" and "npm ci" in rest]
    assert len(fetched) == 1
    lock = json.loads((ROOT / "api_service/web/package-lock.json").read_text())["packages"]
    assert all(package["integrity"].startswith("sha512-") for name, package in lock.items() if name)
    assert not any("resolved" in package for package in lock.values())
    copied = [rest for stage in known.values() for word, rest in stage.instructions if "--from=page" in rest]
    assert copied == ["--from=page /build/static/vendor api_service/web/static/vendor"]
    assert all(known[target].base == "service" for target in TARGETS)


def test_every_install_checks_hashes() -> None:
    for name, stage in stages(TEXT).items():
        for word, rest in stage.instructions:
            if word != "RUN" or " install " not in rest or "apt-get" in rest:
                continue
            hashed = any("UV_REQUIRE_HASHES=1" in said for said in inherited(name, "ENV", TEXT))
            offline = "--no-index" in rest and "--no-deps" in rest
            assert offline or "--require-hashes" in rest or (hashed and "uv pip install" in rest), rest


def test_the_build_context_has_only_what_is_copied() -> None:
    ignored, *allowed = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")
    ]
    assert ignored == "*"
    context = {line.removeprefix("!") for line in allowed if line.startswith("!")}
    copied = {
        source
        for stage in stages(TEXT).values()
        for word, rest in stage.instructions
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    inside = {next((entry for entry in context if f"{source}/".startswith(f"{entry}/")), source) for source in copied}
    assert inside == context
    assert all((ROOT / source).exists() for source in copied)


def test_the_application_is_built_with_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    # Without the file, setuptools builds the package all the same.
    copied = {
        part for word, rest in stages(TEXT)["application"].instructions if word == "COPY" for part in rest.split()
    }
    assert project["license-files"] == ["LICENSE"]
    assert copied >= {*project["license-files"], project["readme"]}
