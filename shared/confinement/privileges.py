"""Take from a child of a worker that runs as root what root may do, and make it another user where that is possible.

As root it could set clocks, load kernel modules, or make files immutable; as the worker's user it could send signals to
the worker. Called in the launcher's child, which has only the standard library. Source: capabilities(7),
linux/capability.h.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
VERSION_3 = 0x20080522
CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, KILL, SETGID, SETUID, SYS_PTRACE = (
    1 << bit for bit in (0, 1, 2, 3, 5, 6, 7, 19)
)
#: What the worker needs to change the user of a child and still to signal it, look at its open files, and read and
#: remove what it wrote. Root in a container usually has no SYS_PTRACE.
NEEDED = CHOWN | DAC_OVERRIDE | DAC_READ_SEARCH | FOWNER | KILL | SETGID | SETUID | SYS_PTRACE
#: User and group of the children. Debian gives this number to nobody, and a container's first 65,536 users have it.
ENGINE_USER = 65_000
PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 8, 47, 2


def can_change_user() -> bool:
    """Whether this process has all capabilities for children of another user, and its user namespace has that user."""
    effective, *_ = _held()
    return os.geteuid() == 0 and effective & NEEDED == NEEDED and _is_mapped("uid") and _is_mapped("gid")


def give_up(directory: str, writable: Iterable[str]) -> None:
    """Become the engine's user if possible; else drop all capabilities except DAC_OVERRIDE. Raises OSError.

    The `directory` of the child, and those of the `writable` ones that it is in, become the engine's. The engine's user
    can read files of all users, because installations and inputs belong to others, and write them if another of the
    `writable` ones needs it; Landlock still restricts which. The caller must have set no_new_privs, with which this
    cannot be undone.
    """
    if not can_change_user():
        effective, permitted, *_ = _held()
        _hold(effective & DAC_OVERRIDE, permitted & DAC_OVERRIDE, 0)
        return
    own = {directory, *(path for path in writable if Path(path) in Path(directory).parents)}
    kept = DAC_OVERRIDE if any(map(_is_closed, set(writable) - own)) else DAC_READ_SEARCH
    for path in own:
        os.chown(path, ENGINE_USER, ENGINE_USER, follow_symlinks=False)
    _check(LIBC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(ENGINE_USER, ENGINE_USER, ENGINE_USER)
    os.setresuid(ENGINE_USER, ENGINE_USER, ENGINE_USER)
    _hold(kept, kept, kept)
    # An executed program keeps only ambient capabilities.
    _check(LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept.bit_length() - 1, 0, 0))


def take_back(directory: Path) -> None:
    """Make this process's user the owner of a directory and all it contains, once no child uses it. Raises OSError."""
    for path in (directory, *directory.rglob("*")):
        if path.lstat().st_uid == ENGINE_USER != os.geteuid():
            os.chown(path, os.geteuid(), os.getegid(), follow_symlinks=False)


def _is_mapped(kind: str) -> bool:
    """Whether the number is a user, or a group, in this process's user namespace."""
    lines = Path(f"/proc/self/{kind}_map").read_text(encoding="ascii").splitlines()
    return any(int(first) <= ENGINE_USER < int(first) + int(count) for first, _, count in map(str.split, lines))


def _is_closed(path: str) -> bool:
    """Whether there is something at the path that not everybody may write."""
    try:
        return not Path(path).stat().st_mode & stat.S_IWOTH
    except FileNotFoundError:
        return False


def _held() -> tuple[int, ...]:
    """The lower halves of the effective, permitted and inheritable capabilities, then the upper ones."""
    held = ctypes.create_string_buffer(24)
    _check(LIBC.capget(struct.pack("Ii", VERSION_3, 0), held))
    return struct.unpack("6I", held.raw)


def _hold(effective: int, permitted: int, inheritable: int) -> None:
    _check(LIBC.capset(struct.pack("Ii", VERSION_3, 0), struct.pack("6I", effective, permitted, inheritable, 0, 0, 0)))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"capabilities: {os.strerror(number)}")
