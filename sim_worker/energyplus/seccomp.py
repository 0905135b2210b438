"""A system call filter: no further processes, and no sockets but local ones. For x86-64; elsewhere there is none.

What Landlock leaves open: UDP, raw sockets, and a model that makes processes until the machine stands still. Threads
are let be. Source: the kernel's Documentation/userspace-api/seccomp_filter.rst, and include/uapi/linux/bpf_common.h.
"""

import ctypes
import errno
import os
import platform
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ARCHITECTURE_X86_64 = 0xC000003E
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
#: Where seccomp puts the number of the call, the architecture, and the arguments.
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
LOAD, EQUAL, ANY_BIT, AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06

FORK, VFORK, CLONE, CLONE3 = 57, 58, 56, 435
SOCKET, IO_URING_SETUP, PTRACE = 41, 425, 101
#: Calls of the x32 kind have this bit and would slip past the numbers above.
X32 = 0x40000000
CLONE_THREAD = 0x00010000
AF_UNIX = 1


def available() -> bool:
    """Whether there is a filter for this machine."""
    return platform.machine() == "x86_64"


def confine() -> None:
    """Take on the filter, for this process and all that it executes; no_new_privs is set already. Raises OSError."""
    program = b"".join(_program())
    code = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    if LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, described, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def _program() -> list[bytes]:
    """Every refusal is decided at once, so that jumps stay short."""
    refuse = _instruction(RETURN, REFUSE | errno.EPERM)
    # clone3 hides its flags from filters; the C library goes on with clone when there is none.
    absent = _instruction(RETURN, REFUSE | errno.ENOSYS)
    allow = _instruction(RETURN, ALLOW)
    return [
        *(_instruction(LOAD, ARCHITECTURE), _instruction(EQUAL, ARCHITECTURE_X86_64, then=1), refuse),
        *(_instruction(LOAD, NUMBER), _instruction(AT_LEAST, X32, otherwise=1), refuse),
        *(_instruction(EQUAL, CLONE3, otherwise=1), absent),
        *(_instruction(EQUAL, FORK, otherwise=1), refuse),
        *(_instruction(EQUAL, VFORK, otherwise=1), refuse),
        *(_instruction(EQUAL, PTRACE, otherwise=1), refuse),
        *(_instruction(EQUAL, IO_URING_SETUP, otherwise=1), refuse),
        *(_instruction(EQUAL, CLONE, otherwise=4), _instruction(LOAD, ARGUMENTS)),
        *(_instruction(ANY_BIT, CLONE_THREAD, then=1), refuse, allow),
        *(_instruction(EQUAL, SOCKET, otherwise=3), _instruction(LOAD, ARGUMENTS)),
        *(_instruction(EQUAL, AF_UNIX, then=1), refuse, allow),
    ]


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
