"""Debian packages that a part needs: installed with apt where root or sudo allows, else named in one sentence."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from deploy.local.processes import StackError

POSTGRES = "postgresql"
RABBITMQ = "rabbitmq-server"
CHROMIUM = "chromium"

#: Somebody else may be installing something; that ends.
WAIT = ("-o", "DPkg::Lock::Timeout=300")
RABBITMQ_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def postgres_binaries() -> Path | None:
    """The directory of the newest installed Postgres server's programs."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def missing(packages: Iterable[str]) -> list[str]:
    """Which of `packages` are not installed."""
    there = {
        POSTGRES: postgres_binaries() is not None,
        RABBITMQ: RABBITMQ_SERVER.exists(),
        CHROMIUM: shutil.which("chromium") is not None,
    }
    return [package for package in packages if not there[package]]


def ensure(packages: Iterable[str]) -> None:
    """Install what is missing. Raises StackError with the sentence to follow when that is not possible."""
    if not (wanted := missing(packages)):
        return
    advice = f"please install {' and '.join(wanted)}: sudo apt-get install --no-install-recommends {' '.join(wanted)}"
    if shutil.which("apt-get") is None:
        raise StackError(f"this machine has no apt-get; {advice}")
    prefix = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if prefix and (
        shutil.which("sudo") is None or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
    ):
        raise StackError(f"neither root nor sudo without a password; {advice}")
    print(f"installing {' and '.join(wanted)} ...", file=sys.stderr, flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *wanted]):
        # RUNLEVEL=1 keeps Debian from starting a system service for what it installs: we run private ones.
        done = subprocess.run(
            [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-qq", *WAIT, *command],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            raise StackError(f"apt-get {command[0]} failed: {done.stderr.strip()[-500:]}; {advice}")
    if still := missing(wanted):
        raise StackError(f"apt-get installed {' and '.join(still)}, but it is not where it should be")
