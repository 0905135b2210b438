"""Programs and schemas from packages on PyPI that no test imports: pinned by hash, kept in .local/tools."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.install import TOOLS

LOCK = Path(__file__).with_name("tools.lock")


def hadolint() -> Path:
    """The linter of Dockerfiles."""
    return _unpacked() / "bin" / "hadolint"


def compose_schema() -> Path:
    """The Compose Specification's JSON schema, which check-jsonschema carries."""
    return _unpacked() / "check_jsonschema" / "builtin_schemas" / "vendor" / "compose-spec.json"


def _unpacked() -> Path:
    """Downloads and unpacks a wheel. Raises subprocess.CalledProcessError when PyPI cannot be reached."""
    place = TOOLS / f"lint-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not place.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=TOOLS)) / "lint"
        command = ["install", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(LOCK)]
        subprocess.run([sys.executable, "-m", "pip", *command, "--target", str(fresh)], check=True)
        fresh.rename(place)
        fresh.parent.rmdir()
    return place
