"""Memory cgroups: groups of processes that the kernel gives no more memory than a limit, as it does to a container."""

import errno
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MOUNTED = Path("/sys/fs/cgroup")
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
#: A process leaves its group when it has ended, which takes the kernel a moment after its last signal.
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Hierarchy:
    """Where groups are made, and their files: of version 1 of cgroups, or of version 2."""

    root: Path
    limit: str
    peak: str
    events: str
    #: The file that limits swap, and what it must hold so that the group gets none, as on a node of Kubernetes.
    swap: str
    #: None: the limit itself, because version 1 limits memory and swap together.
    no_swap: str | None


VERSION_1 = Hierarchy(
    MOUNTED / "memory",
    "memory.limit_in_bytes",
    "memory.max_usage_in_bytes",
    "memory.oom_control",
    "memory.memsw.limit_in_bytes",
    None,
)
#: The peak is there from Linux 5.19 on.
VERSION_2 = Hierarchy(MOUNTED, "memory.max", "memory.peak", "memory.events", "memory.swap.max", "0")


@dataclass(frozen=True)
class MemoryGroup:
    """One group."""

    path: Path
    limit: int
    hierarchy: Hierarchy

    def take(self, pid: int) -> None:
        """Moves a process into the group; memory that it has already is not counted in version 1."""
        (self.path / "cgroup.procs").write_text(str(pid))

    def around(self, command: Sequence[str]) -> list[str]:
        """The command of a process that enters the group before it executes `command`, so that all is counted."""
        return ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.path / "cgroup.procs"), *command]

    @property
    def peak(self) -> int:
        """The most bytes that the group has had at once, cached files included."""
        return int((self.path / self.hierarchy.peak).read_text())

    @property
    def kills(self) -> int:
        """How many of its processes the kernel has killed because the group was full."""
        events = dict(line.split() for line in (self.path / self.hierarchy.events).read_text().splitlines())
        return int(events["oom_kill"])


@contextmanager
def memory_group(name: str, limit: int) -> Iterator[MemoryGroup]:
    """A new group of at most `limit` bytes, which must be empty at the end.

    The test is skipped where none can be made: for users other than root, and in most containers. In CI it fails there.
    """
    hierarchy = VERSION_1 if (VERSION_1.root / VERSION_1.limit).exists() else VERSION_2
    group = MemoryGroup(hierarchy.root / f"epsm-{name}-{os.getpid()}", limit, hierarchy)
    try:
        _make(group)
    except OSError as error:
        if error.errno not in FORBIDDEN or os.environ.get("CI"):
            raise
        pytest.skip(f"memory cgroups cannot be made here: {error}")
    try:
        yield group
    finally:
        _remove(group.path)


def _make(group: MemoryGroup) -> None:
    hierarchy, control = group.hierarchy, group.hierarchy.root / "cgroup.subtree_control"
    if hierarchy is VERSION_2 and "memory" not in control.read_text().split():
        control.write_text("+memory")
    group.path.mkdir()
    (group.path / hierarchy.limit).write_text(str(group.limit))
    swap = group.path / hierarchy.swap
    if swap.exists():
        swap.write_text(hierarchy.no_swap or str(group.limit))


def _remove(path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            path.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
