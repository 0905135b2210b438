"""Fingerprint of the checks: what they found in a file holds while the fingerprint is the same."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

#: It has EnergyPlus's classes and fields.
LIBRARY = "idfkit"


@cache
def checks_fingerprint() -> str:
    """SHA-256 of this package's source and the library's version: no change of a check can be forgotten."""
    return fingerprint_of(Path(__file__).parent, version(LIBRARY))


def fingerprint_of(package: Path, library: str) -> str:
    """The fingerprint of the modules below `package`, by path and content, with a library's version."""
    digest = hashlib.sha256(library.encode())
    for path in sorted(package.rglob("*.py")):
        for part in (path.relative_to(package).as_posix().encode(), path.read_bytes()):
            digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()
