"""Debian packages that a part needs: installed with apt where root or sudo allows, else named in one sentence."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from deploy.local.processes import StackError

POSTGRES = "postgresql"
RABBITMQ = "rabbitmq-server"
CHROMIUM = "chromium"
PROMETHEUS = "prometheus"
ALERTMANAGER = "prometheus-alertmanager"
POSTGRES_EXPORTER = "prometheus-postgres-exporter"
#: What was fetched and not installed; shared by every stack of this checkout.
TOOLS = Path(__file__).resolve().parents[2] / ".local" / "tools"

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
    prefix = _privilege()
    if prefix is None:
        raise StackError(f"neither root nor sudo without a password; {advice}")
    print(f"installing {' and '.join(wanted)} ...", file=sys.stderr, flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *wanted]):
        if fault := _apt(prefix, command):
            raise StackError(f"{fault}; {advice}")
    if still := missing(wanted):
        raise StackError(f"apt-get installed {' and '.join(still)}, but it is not where it should be")


def unpacked(packages: Iterable[str]) -> Path:
    """The directory of the programs of Debian packages that are fetched and unpacked, not installed.

    Installed, these would become system services that listen on every address. Raises StackError.
    """
    wanted = [package for package in packages if not (TOOLS / "debian" / "usr" / "bin" / package).exists()]
    if wanted:
        if shutil.which("apt-get") is None:
            raise StackError(f"this machine has no apt-get to fetch {' and '.join(wanted)} with")
        print(f"fetching {' and '.join(wanted)} ...", file=sys.stderr, flush=True)
        (TOOLS / "debian").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=TOOLS) as directory:
            _fetch(wanted, Path(directory))
    return TOOLS / "debian" / "usr" / "bin"


def _fetch(packages: list[str], directory: Path) -> None:
    # As root, apt would otherwise become a user who cannot write here.
    download = ["-o", "APT::Sandbox::User=root", "download", *packages]
    fault = _apt([], download, directory)
    if fault and (prefix := _privilege()) is not None:
        # A machine that has just been set up does not know yet what Debian has.
        _apt(prefix, ["update"])
        fault = _apt([], download, directory)
    if fault:
        raise StackError(f"{' and '.join(packages)} could not be fetched: {fault}; try: sudo apt-get update")
    for archive in directory.glob("*.deb"):
        subprocess.run(["/usr/bin/dpkg-deb", "--extract", str(archive), str(TOOLS / "debian")], check=True)


def _privilege() -> list[str] | None:
    """What to write before a command to run it as root; None when there is no way."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive"]
    if shutil.which("sudo") is None or subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode:
        return None
    return sudo


def _apt(prefix: list[str], command: list[str], directory: Path | None = None) -> str | None:
    """Run apt-get; the reason when it fails."""
    # RUNLEVEL=1 keeps Debian from starting a system service for what it installs: we run private ones.
    done = subprocess.run(
        [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-qq", *WAIT, *command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=directory,
        check=False,
    )
    return f"apt-get {command[0]} failed: {done.stderr.strip()[-500:]}" if done.returncode else None
