"""Installs Debian packages with apt as root or with sudo; if that is impossible, the error message names them."""

import fcntl
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
#: Packages that are unpacked and not installed; shared by every stack of this checkout.
TOOLS = Path(__file__).resolve().parents[2] / ".local" / "tools"

#: Seconds to wait while another process uses apt.
WAIT = ("-o", "DPkg::Lock::Timeout=300")
RABBITMQ_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def postgres_binaries() -> Path | None:
    """Returns the directory with the programs of the newest installed Postgres server; None when there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def missing(packages: Iterable[str]) -> list[str]:
    """Returns those of `packages` that are not installed."""
    there = {
        POSTGRES: postgres_binaries() is not None,
        RABBITMQ: RABBITMQ_SERVER.exists(),
        CHROMIUM: shutil.which("chromium") is not None,
    }
    return [package for package in packages if not there[package]]


def ensure(packages: Iterable[str]) -> None:
    """Installs missing packages. Raises StackError with instructions when that is not possible."""
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
    """Fetches and unpacks Debian packages without installing them; returns the directory of their programs.

    Installed packages would start system services that listen on every address. Raises StackError.
    """
    (TOOLS / "debian").mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        # Another process would use a program that is not completely unpacked.
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = [package for package in packages if not (TOOLS / "debian" / "usr" / "bin" / package).exists()]
        if wanted:
            if shutil.which("apt-get") is None:
                raise StackError(f"this machine has no apt-get to fetch {' and '.join(wanted)} with")
            print(f"fetching {' and '.join(wanted)} ...", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(dir=TOOLS) as directory:
                _fetch(wanted, Path(directory))
    return TOOLS / "debian" / "usr" / "bin"


def _fetch(packages: list[str], directory: Path) -> None:
    # As root, apt would otherwise switch to a sandbox user, who cannot write to this directory.
    download = ["-o", "APT::Sandbox::User=root", "download", *packages]
    fault = _apt([], download, directory)
    if fault and (prefix := _privilege()) is not None:
        # On a new machine, the package lists of apt are still empty.
        _apt(prefix, ["update"])
        fault = _apt([], download, directory)
    if fault:
        raise StackError(f"{' and '.join(packages)} could not be fetched: {fault}; try: sudo apt-get update")
    for archive in directory.glob("*.deb"):
        subprocess.run(["/usr/bin/dpkg-deb", "--extract", str(archive), str(TOOLS / "debian")], check=True)


def _privilege() -> list[str] | None:
    """Returns the prefix that runs a command as root; None when that is not possible."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive"]
    if shutil.which("sudo") is None or subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode:
        return None
    return sudo


def _apt(prefix: list[str], command: list[str], directory: Path | None = None) -> str | None:
    """Runs apt-get; returns the error message when it fails, else None."""
    # RUNLEVEL=1 keeps Debian from starting installed servers as system services: the stack starts private ones.
    done = subprocess.run(
        [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-qq", *WAIT, *command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=directory,
        check=False,
    )
    return f"apt-get {command[0]} failed: {done.stderr.strip()[-500:]}" if done.returncode else None
