"""Landlock: a process restricts its file access to named paths and gives up TCP, for itself and its children.

Needs no privilege, only a kernel from 5.13 on. Uses only the standard library, because the launcher has nothing else.
Source: the kernel's Documentation/userspace-api/landlock.rst, and include/uapi/linux/landlock.h for the numbers.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable

LIBC = ctypes.CDLL(None, use_errno=True)
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
QUERY_VERSION = 1
PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_DIR, MAKE_REG = 1 << 7, 1 << 8
REFER, TRUNCATE = 1 << 13, 1 << 14
#: Rights that apply to a path that is no directory.
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | 1 << 15

READING = EXECUTE | READ_FILE | READ_DIR
#: Regular files and directories may be created, but written files cannot be executed.
WRITING = READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER

#: Number of file system rights that a Landlock version supports, by version.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
MAX_RIGHTS = 16
TCP = 0b11
#: Isolation from abstract sockets and signals: those of processes outside the sandbox cannot be reached.
SCOPES = 0b11


def version() -> int:
    """Version of Landlock in the kernel; 0 when it is missing or disabled."""
    return max(int(LIBC.syscall(CREATE_RULESET, None, 0, QUERY_VERSION)), 0)


def confine(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Restrict the process to these paths and everything beneath them; this cannot be undone. Raises OSError.

    `writable` paths can be read as well. Paths that do not exist are ignored. The caller must have set no_new_privs.
    """
    known = version()
    if not known:
        raise OSError(errno.ENOSYS, "this kernel has no Landlock")
    handled = (1 << RIGHTS.get(known, MAX_RIGHTS)) - 1
    wanted = [handled, TCP if known >= 4 else 0, SCOPES if known >= 6 else 0]
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    attributes = struct.pack("QQQ", *wanted)
    ruleset = _call(CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    try:
        for path in readable:
            _allow(ruleset, path, READING & handled)
        for path in writable:
            _allow(ruleset, path, WRITING & handled)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(f"/proc/self/fd/{place}"):  # noqa: PTH112  (pathlib would cost a fork's time)
            rights &= OF_FILES
        _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    result = int(LIBC.syscall(number, *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
