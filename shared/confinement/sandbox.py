"""What an engine may touch: its installation and the system's libraries to read, its working directory to write.

`landlock.py` and `seccomp.py` enforce it; the launcher's child takes it on before it becomes the engine.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from shared.confinement import landlock
from shared.confinement.errors import ConfinementError

#: Programs and libraries of the system, and what the loader and the C library look at. Nothing in them is secret.
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom")
NULL = "/dev/null"


class InstalledProgram(Protocol):
    """What has to be known of a program to confine it; a `shared.energyplus.installation.Engine` is one."""

    @property
    def version(self) -> str:
        """Named where it cannot be confined."""

    @property
    def executable(self) -> Path:
        """The file that is executed."""

    @property
    def directory(self) -> Path:
        """Where everything is that it reads of its own."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Absolute paths, each with all that is beneath it; `writable` ones can be read as well."""

    readable: tuple[str, ...]
    writable: tuple[str, ...] = (NULL,)

    def around(self, directory: Path, *readable: Path) -> "Sandbox":
        """The same with a working directory and files of one run."""
        return replace(
            self,
            readable=(*self.readable, *map(str, readable)),
            writable=(*self.writable, str(directory)),
        )


def sandbox_of(engine: InstalledProgram, writable: Iterable[Path] = ()) -> Sandbox:
    """The sandbox of an engine, with places that the installation itself writes to, if it has any.

    Raises ConfinementError where an engine cannot be confined.
    """
    if landlock.version() == 0:
        raise ConfinementError(
            f"EnergyPlus {engine.version} cannot be confined: this kernel has no Landlock, or does not let it be used"
        )
    # An installation may be made of links, as package managers make them.
    led_to = {path.resolve().parent for path in engine.directory.iterdir() if path.is_symlink()}
    places = {engine.directory, engine.executable.resolve().parent, *led_to}
    return Sandbox((*SYSTEM, *sorted(map(str, places))), (NULL, *map(str, writable)))
