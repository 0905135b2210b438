"""Paths that an engine may access: its installation and system libraries to read, its working directory to write.

Enforced by `landlock.py`; `seccomp.py` filters system calls in addition. The launcher's child applies both before exec.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from shared.confinement import landlock
from shared.confinement.errors import ConfinementError

#: Programs and libraries of the system, and files that the loader and the C library read. They contain no secrets.
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom")
NULL = "/dev/null"


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
