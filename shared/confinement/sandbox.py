"""Paths that an engine may access: its installation and system libraries to read, its working directory to write.

Enforced by `landlock.py`; `seccomp.py` filters system calls in addition. The launcher's child applies both before exec.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from shared.confinement import landlock, seccomp
from shared.confinement.errors import ConfinementError

#: Programs and libraries of the system, and files that the loader and the C library read. They contain no secrets.
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom")
NULL = "/dev/null"
#: What only the system call filter refuses to a model, and the version of Landlock that refuses it too.
BY_FILTER_ONLY = {
    "empty files of the worker's user": 3,
    "make TCP connections": 4,
    "signal processes of the worker's user and reach their abstract sockets": 6,
    "open UDP sockets and sockets with a path": None,
    "start further processes": None,
    "change modes, owners and times of files of the worker's user": None,
    "reserve disk space faster than it is counted": None,
    "keep memory that outlives it or that no limit counts": None,
    "outlive a worker that is killed together with its launcher": None,
}


class InstalledProgram(Protocol):
    """A program to confine; `shared.energyplus.installation.Engine` implements it."""

    @property
    def version(self) -> str:
        """Version, for error messages."""

    @property
    def executable(self) -> Path:
        """The file that is executed."""

    @property
    def directory(self) -> Path:
        """Directory with all files of the installation."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Accessible absolute paths, each with everything beneath it; `writable` ones can be read as well."""

    readable: tuple[str, ...]
    writable: tuple[str, ...] = (NULL,)

    def around(self, directory: Path, *readable: Path) -> "Sandbox":
        """A copy extended by the writable working `directory` and the readable files of one run."""
        return replace(
            self,
            readable=(*self.readable, *map(str, readable)),
            writable=(*self.writable, str(directory)),
        )


def require_confinement(*, relaxed: bool = False) -> tuple[str, ...]:
    """Check that this machine refuses a model everything that is promised; returns what it does not refuse.

    Raises ConfinementError when there is something, unless `relaxed`, and always when the kernel has no Landlock.
    """
    known = landlock.version()
    if known == 0:
        raise ConfinementError("models cannot be confined: this kernel has no Landlock, or does not let it be used")
    if seccomp.available():
        return ()
    left = tuple(what for what, since in BY_FILTER_ONLY.items() if since is None or known < since)
    if not relaxed:
        raise ConfinementError(
            f"models cannot be confined as promised: the system call filter is for x86-64 only, this machine is "
            f"{seccomp.machine()}, and a model could {', '.join(left)}; EPSM_SANDBOX=relaxed accepts this"
        )
    return left


def sandbox_of(engine: InstalledProgram, writable: Iterable[Path] = ()) -> Sandbox:
    """The sandbox of an engine; `writable` are further paths that the installation writes to, if there are any.

    Raises ConfinementError when the kernel does not support Landlock.
    """
    if landlock.version() == 0:
        raise ConfinementError(
            f"EnergyPlus {engine.version} cannot be confined: this kernel has no Landlock, or does not let it be used"
        )
    # An installation may consist of symbolic links, as some package managers create it.
    led_to = {path.resolve().parent for path in engine.directory.iterdir() if path.is_symlink()}
    places = {engine.directory, engine.executable.resolve().parent, *led_to}
    return Sandbox((*SYSTEM, *sorted(map(str, places))), (NULL, *map(str, writable)))
