"""System call filter (seccomp) for operations that Landlock does not restrict. For x86-64 only; elsewhere no filter.

Landlock does not restrict sockets by path, modes and times of files, limits and priorities of other processes, memory
that outlives its process, and most operations that only root may do. Threads remain possible. Source: the kernel's
Documentation/userspace-api/seccomp_filter.rst, include/uapi/linux/bpf_common.h, and arch/x86/entry/syscalls.
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
#: Offsets in `struct seccomp_data`: number of the call, architecture, lower halves of the first and second argument.
NUMBER, ARCHITECTURE, FIRST, SECOND = 0, 4, 16, 24
LOAD, EQUAL, ANY_BIT, AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
#: System calls of the x32 ABI have this bit set, so the numbers below would not match them.
X32 = 0x40000000

REFUSED = {
    "processes": (57, 58),  # fork, vfork
    "sockets, those by path included": (41, 53),  # socket, socketpair
    "looking into processes": (
        101,
        310,
        311,
        312,
        438,
        440,
    ),  # ptrace, process_vm_*, kcmp, pidfd_getfd, process_madvise
    "signals that name no process first": (129, 200, 297, 424),  # rt_sigqueueinfo, tkill, rt_tgsigqueueinfo, pidfd_*
    "modes of files": (90, 91, 268, 452),  # chmod, fchmod, fchmodat, fchmodat2
    "owners of files": (92, 93, 94, 260),  # chown, fchown, lchown, fchownat
    "times of files": (132, 235, 261, 280),  # utime, utimes, futimesat, utimensat
    "attributes of files": (188, 189, 190, 197, 198, 199, 463, 466, 469),  # *setxattr*, *removexattr*, file_setattr
    "names of files that others make": (253, 254, 294, 300),  # inotify_init, inotify_add_watch, *_init1, fanotify_init
    "files by handle": (303, 304),  # name_to_handle_at, open_by_handle_at
    "memory that no limit counts": (319, 447, 29, 68, 64, 240),  # memfd_create, memfd_secret, shm/msg/semget, mq_open
    "keys": (248, 249, 250),  # add_key, request_key, keyctl
    "namespaces": (272, 308, 161, 155),  # unshare, setns, chroot, pivot_root
    "file systems": (165, 166, 428, 429, 430, 431, 432, 433, 442, 167, 168, 179),  # mount to mount_setattr, swap, quota
    "priorities of others": (141, 142, 144, 251, 314, 256, 279),  # setpriority, sched_set*, ioprio_set, move_pages
    "the kernel itself": (175, 176, 313, 246, 320, 169, 321, 298, 323, 425, 426, 427),  # modules to bpf and io_uring
    "the machine": (103, 159, 163, 164, 227, 305, 170, 171, 172, 173, 153),  # syslog, clocks, names, ports, vhangup
}
#: clone3: its flags are in memory, which a filter cannot read. With ENOSYS the C library falls back to clone.
ABSENT = 435
CLONE, CLONE_THREAD = 56, 0x00010000
#: Calls whose first argument is a pid, which must be 0 or the caller's: kill, tgkill, prlimit64, sched_setaffinity.
OF_OWN = (62, 234, 302, 203)
#: The only permitted ioctl requests, which the C library needs: TCGETS, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
IOCTL, IOCTLS = 16, (0x5401, 0x541B, 0x5421, 0x5450, 0x5451)
#: Refused fcntl commands: F_SETOWN, F_SETSIG and F_SETOWN_EX make the kernel send signals to other processes; F_NOTIFY
#: watches directories.
FCNTL, FCNTLS = 72, (8, 10, 15, 1026)
#: Refused prctl operation: PR_SET_DUMPABLE can hide /proc/PID/fd from the worker, which looks there for deleted files.
PRCTL, PRCTLS = 157, (4,)


def available() -> bool:
    """Whether the filter supports this machine's architecture."""
    return platform.machine() == "x86_64"


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
    refuse = _instruction(RETURN, REFUSE | errno.EPERM)
    absent = _instruction(RETURN, REFUSE | errno.ENOSYS)
    allow = _instruction(RETURN, ALLOW)
    return [
        *(_instruction(LOAD, ARCHITECTURE), _instruction(EQUAL, ARCHITECTURE_X86_64, then=1), refuse),
        *(_instruction(LOAD, NUMBER), _instruction(AT_LEAST, X32, otherwise=1), refuse),
        *(_instruction(EQUAL, ABSENT, otherwise=1), absent),
        *(part for calls in REFUSED.values() for call in calls for part in (_is(call, 1), refuse)),
        *(_is(CLONE, 4), _instruction(LOAD, FIRST), _instruction(ANY_BIT, CLONE_THREAD, then=1), refuse, allow),
        *(part for call in OF_OWN for part in _only(call, FIRST, (0, own), allow, refuse)),
        *_only(IOCTL, SECOND, IOCTLS, allow, refuse),
        *_only(FCNTL, SECOND, FCNTLS, refuse, allow),
        *_only(PRCTL, FIRST, PRCTLS, refuse, allow),
        allow,
    ]


def _only(call: int, argument: int, values: tuple[int, ...], then: bytes, otherwise: bytes) -> list[bytes]:
    """Instructions for one call: return `then` if the argument is one of the values, else `otherwise`."""
    tests = [part for value in values for part in (_is(value, 1), then)]
    return [_is(call, len(tests) + 2), _instruction(LOAD, argument), *tests, otherwise]


def _is(value: int, skipped: int) -> bytes:
    """Instruction: continue if the loaded word equals the value, else skip `skipped` instructions."""
    return _instruction(EQUAL, value, otherwise=skipped)


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
