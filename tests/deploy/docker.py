"""A private Docker engine for tests, started in .local, and images for it from Debian's packages.

No image registry is needed: mmdebstrap creates the base image. If this machine needs a mirror or its own certificate
authority to reach PyPI, the builds get these as secrets.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local.install import TOOLS
from tests.deploy.debian import MMDEBSTRAP, mmdebstrap, require

ROOT = Path(__file__).resolve().parents[2]
DIRECTORY = ROOT / ".local" / "docker"
COMPOSE = ROOT / "deploy" / "compose"
PACKAGES = {"docker.io": "dockerd", **MMDEBSTRAP}
#: The Debian release with Docker's compose and the newest Postgres and RabbitMQ.
RELEASE = "trixie"
BASE = "epsm-tests/base"
STAND_IN_FILES = ROOT / "tests" / "deploy" / "images"
#: Replacements for images of other projects; none for Grafana, which neither Debian nor PyPI has.
STAND_INS = {
    **{name: name for name in ("postgres", "rabbitmq", "postgres-exporter", "prometheus", "alertmanager")},
    "s3": "seaweedfs",
}
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
START_SECONDS = 60
STOP_SECONDS = 60


class Docker:
    """The engine behind one socket."""

    def __init__(self, directory: Path) -> None:
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "DOCKER_HOST": f"unix://{directory / 'socket'}",
            "DOCKER_CONFIG": str(directory / "config"),
        }

    def __call__(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Returns the output of `docker ARGUMENTS`. Fails the test with the error message when the command fails."""
        done = self.attempt(*arguments, environment=environment)
        assert done.returncode == 0, f"docker {' '.join(arguments)}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout

    def attempt(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs `docker ARGUMENTS`, which may fail."""
        command = ["docker", *arguments]
        return subprocess.run(
            command,
            env={**self._environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def inspect(self, name: str) -> dict[str, Any]:
        """Returns the description of a container or an image."""
        return dict(json.loads(self("inspect", name))[0])


@contextmanager
def running_docker() -> Iterator[Docker]:
    """The engine, with compose, a base image and the replacement images; built images are kept for the next run."""
    require(PACKAGES, "a Docker engine of the tests' own")
    _plugins(DIRECTORY / "config" / "cli-plugins")
    docker = Docker(DIRECTORY)
    command = ["dockerd", "--data-root", str(DIRECTORY / "data"), "--exec-root", str(DIRECTORY / "exec")]
    command += ["--pidfile", str(DIRECTORY / "pid"), "--host", f"unix://{DIRECTORY / 'socket'}", "--bridge", "none"]
    with (DIRECTORY / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(docker, process)
        _base(docker)
        _stand_ins(docker)
        yield docker
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def build_services(docker: Docker) -> None:
    """Builds the services' images, as `docker compose build` does."""
    with tempfile.TemporaryDirectory() as directory:
        secrets = _secrets(Path(directory))
        override = ROOT / "tests" / "deploy" / "compose" / "build.yaml"
        files = ("--file", str(COMPOSE / "compose.yaml"), "--file", str(override))
        passwords = {f"EPSM_{name}_PASSWORD": "unused" for name in ("POSTGRES", "RABBITMQ", "GRAFANA")}
        docker("compose", "--env-file", os.devnull, *files, "build", environment={**passwords, **secrets, "BASE": BASE})


def _plugins(directory: Path) -> None:
    """Compose and buildx, for Debian releases that lack them."""
    unpacked = TOOLS / "docker-plugins"
    if not unpacked.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=TOOLS) as work:
            mmdebstrap(RELEASE, "extract", "docker-compose,docker-buildx", Path(work) / "plugins.tar")
            place = "./usr/libexec/docker/cli-plugins"
            unpack = ["tar", "--extract", f"--file={work}/plugins.tar", f"--directory={work}", place]
            subprocess.run(unpack, check=True)
            (Path(work) / place).rename(unpacked)
    directory.mkdir(parents=True, exist_ok=True)
    for plugin in unpacked.iterdir():
        link = directory / plugin.name
        link.unlink(missing_ok=True)
        link.symlink_to(plugin)


def _wait(docker: Docker, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while docker.attempt("version").returncode != 0:
        said = (DIRECTORY / "log").read_text(errors="replace")[-2000:]
        assert process.poll() is None, f"dockerd ended while starting:\n{said}"
        assert time.monotonic() < deadline, f"dockerd is not ready after {START_SECONDS} s:\n{said}"
        time.sleep(0.1)


def _base(docker: Docker) -> None:
    if docker.attempt("image", "inspect", BASE).returncode != 0:
        with tempfile.TemporaryDirectory(dir=DIRECTORY) as directory:
            tar = Path(directory) / "base.tar"
            mmdebstrap(RELEASE, "minbase", "python3,python3-venv,ca-certificates", tar)
            docker("import", str(tar), BASE)


def _stand_ins(docker: Docker) -> None:
    with tempfile.TemporaryDirectory(dir=DIRECTORY) as context:
        for file in (
            STAND_IN_FILES / "Dockerfile",
            STAND_IN_FILES / "postgres.sh",
            Path(sys.executable).parent / "weed",
        ):
            shutil.copy2(file, context)
        for name in STAND_INS.values():
            tag = ("--target", name, "--tag", f"epsm-tests/{name}")
            docker("buildx", "build", "--quiet", "--network", "host", "--build-arg", f"BASE={BASE}", *tag, context)


def _secrets(directory: Path) -> dict[str, str]:
    """This machine's configuration of pip and npm for their registries, as the files that build.yaml needs."""
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    index = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    (directory / "pip.conf").write_text(f"[global]\nindex-url = {index}\n" if index else "")
    (directory / "uv.toml").write_text(f'index-url = "{index}"\n' if index else "")
    npm = [str(Path(sys.executable).with_name("npm")), "config", "get", "registry"]
    registry = subprocess.run(npm, capture_output=True, text=True, check=False).stdout.strip()
    (directory / "npmrc").write_text(f"registry={registry}\n" if registry else "")
    files = {"CA": AUTHORITIES, "PIP": directory / "pip.conf", "UV": directory / "uv.toml", "NPM": directory / "npmrc"}
    return {f"SECRET_{name}": str(path) for name, path in files.items()}
