"""Debian for the tests of the deployment: programs for this machine, and roots of any release."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.local.install import WAIT

#: What makes a root, by its package.
MMDEBSTRAP = {"mmdebstrap": "mmdebstrap"}
#: Dies with the test, however it ends, and takes along whatever it has started and mounted.
ISOLATED = ("setpriv", "--pdeathsig=KILL", "unshare", "--mount-proc", "--pid", "--fork", "--kill-child")


def require(programs: Mapping[str, str], what: str) -> None:
    """Install the packages whose programs are missing. Skips the test where that is not possible; fails it in CI."""
    wanted = [package for package, program in programs.items() if shutil.which(program) is None]
    if os.geteuid() != 0 or (wanted and shutil.which("apt-get") is None):
        cannot(f"{what} needs root, and Debian's packages")
    if wanted:
        # RUNLEVEL=1: no system service is started.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *wanted]):
            subprocess.run(["/usr/bin/apt-get", "-qq", *WAIT, *command], env=environment, check=True, stdout=sys.stderr)


def cannot(reason: str) -> None:
    """End the test: in CI nothing is left out."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def mmdebstrap(release: str, variant: str, packages: str, output: Path, *options: str) -> None:
    """Make a root of `release` from the mirror of this machine: a directory, or an archive when its name ends so."""
    command = [*ISOLATED, "mmdebstrap", "--quiet", f"--variant={variant}", f"--include={packages}", *options]
    subprocess.run([*command, release, str(output), _mirror()], check=True)


def _mirror() -> str:
    """Where this machine's apt gets Debian from."""
    command = ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Component: main"]
    sites = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return next(site for site in sites if "security" not in site)
