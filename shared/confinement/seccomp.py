"""System call filter (seccomp): an allow-list, because Landlock restricts files and little else. For x86-64 only.

Landlock does not restrict sockets by path, modes and times of files, limits and priorities of other processes, memory
that outlives its process, and most operations that only root may do; before version 3 nor does it restrict truncation.
Source: the kernel's Documentation/userspace-api/seccomp_filter.rst and include/uapi/linux/bpf_common.h.
"""

import ctypes
import errno
import os
import platform
import struct

from shared.confinement.system_calls import ABSENT, ALLOWED, NEWER, UNSUPPORTED, ArgumentCheck, checked

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ARCHITECTURE_X86_64 = 0xC000003E
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
#: Offsets in `struct seccomp_data`: number of the call, architecture.
NUMBER, ARCHITECTURE = 0, 4
LOAD, EQUAL, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
#: System calls of the x32 ABI have this bit set, so the numbers of the list do not match them.
X32 = 0x40000000


def machine() -> str:
    """This machine's architecture."""
    return platform.machine()


def available() -> bool:
    """Whether the filter supports this machine's architecture."""
    return machine() == "x86_64"


def confine() -> None:
    """Install the filter for this process and its children; the caller must have set no_new_privs. Raises OSError."""
    program = b"".join(_program(os.getpid()))
    code = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    if LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, described, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def _program(own: int) -> list[bytes]:
    """Instructions of the filter. Each check is followed by its own return, because jump offsets have only 8 bits."""
    refuse, allow = _instruction(RETURN, REFUSE | errno.EPERM), _instruction(RETURN, ALLOW)
    answers = {call: allow for calls in ALLOWED.values() for call in calls}
    answers |= {call: _instruction(RETURN, REFUSE | number) for call, number in UNSUPPORTED.items()}
    answers |= dict.fromkeys(ABSENT, absent := _instruction(RETURN, REFUSE | errno.ENOSYS))
    return [
        *(_instruction(LOAD, ARCHITECTURE), _instruction(EQUAL, ARCHITECTURE_X86_64, then=1), refuse),
        *(_instruction(LOAD, NUMBER), _instruction(AT_LEAST, X32, otherwise=1), refuse),
        *(_instruction(AT_LEAST, NEWER, otherwise=1), absent),
        *(part for call, answer in answers.items() for part in (_is(call, 1), answer)),
        *(part for call, conditions in checked(own).items() for part in _checks(call, conditions, allow, refuse)),
        refuse,
    ]


def _checks(call: int, conditions: tuple[ArgumentCheck, ...], allow: bytes, refuse: bytes) -> list[bytes]:
    """Instructions for one call that is allowed when its arguments meet all conditions."""
    body = [*(part for condition in conditions for part in _condition(condition, refuse)), allow]
    return [_is(call, len(body)), *body]


def _condition(condition: ArgumentCheck, refuse: bytes) -> list[bytes]:
    """Instructions that go on behind their end when the condition is met."""
    load = [_instruction(LOAD, condition.argument), _instruction(AND, condition.mask)]
    if condition.other:
        return [*load, *(part for value in condition.values for part in (_is(value, 1), refuse))]
    left = len(condition.values)
    tests = [_instruction(EQUAL, value, then=left - number) for number, value in enumerate(condition.values)]
    return [*load, *tests, refuse]


def _is(value: int, skipped: int) -> bytes:
    """Instruction: continue if the loaded word equals the value, else skip `skipped` instructions."""
    return _instruction(EQUAL, value, otherwise=skipped)


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
