"""The system calls that a confined child may make, by their numbers on x86-64, with the reason for each group.

The list comes from traces of EnergyPlus 25.2 with the 32 prototype buildings of the DOE, ExpandObjects, the library
EnergyPlus 23.2, the helper's jobs, and shells and Python as wrappers use them; and from what the C libraries of Debian
11 to 13 may call in addition for the same purposes. Everything else is refused. Source: arch/x86/entry/syscalls and
include/uapi of the kernel. Changes need a run of `tests/hostile`, `tests/e2e` and `make fidelity`.
"""

import errno
from dataclasses import dataclass

#: Offsets in `struct seccomp_data` of the lower halves of arguments, which is all that the kernel takes of numbers; and
#: from there to the upper half, which an address has too.
FIRST, SECOND, THIRD = 16, 24, 32
UPPER = 4

ALLOWED = {
    "files; Landlock restricts by path what may be opened, created, moved and removed": (
        *(0, 1, 3, 5, 8, 17, 18, 19, 20, 295, 296),  # read, write, close, fstat, lseek, pread64 … writev, pread/pwritev
        *(4, 6, 21, 262, 269, 332, 439),  # stat, lstat, access, newfstatat, faccessat, statx, faccessat2
        *(32, 33, 292, 40, 74, 75, 77, 221),  # dup, dup2, dup3, sendfile, fsync, fdatasync, ftruncate, fadvise64
        *(85, 78, 217, 79, 80, 81),  # creat, getdents, getdents64, getcwd, chdir, fchdir
        *(137, 138, 95),  # statfs, fstatfs, umask
        *(82, 264, 316, 83, 258, 84, 87, 263, 89, 267),  # rename*, mkdir*, rmdir, unlink*, readlink*
    ),
    "pipes and waiting, which C libraries do within one process": (
        *(22, 293, 7, 271, 23, 270),  # pipe, pipe2, poll, ppoll, select, pselect6
    ),
    "memory, which the limit of the address space counts": (
        *(9, 10, 11, 12, 25, 26, 27, 28),  # mmap, mprotect, munmap, brk, mremap, msync, mincore, madvise
    ),
    "the end of a thread or of the process, and the start of the program": (60, 231, 59),  # exit, exit_group, execve
    "threads: locks, identity, thread-local memory": (
        *(202, 449, 454, 455, 456),  # futex, futex_waitv, futex_wake, futex_wait, futex_requeue
        *(186, 218, 273, 334, 158),  # gettid, set_tid_address, set_robust_list, rseq, arch_prctl
    ),
    "scheduling of the caller, and what can be asked of it": (
        *(24, 204, 143, 145, 146, 147, 148, 140, 309),  # sched_yield, sched_get*, getpriority, getcpu
    ),
    "signals that the process gets; those that it sends are below": (
        *(13, 14, 15, 127, 128, 130, 131, 219, 34),  # rt_sig* but queueing, sigaltstack, restart_syscall, pause
    ),
    "time, and timers, which signal the caller only": (
        *(96, 201, 228, 229, 35, 230, 100),  # gettimeofday, time, clock_gettime, clock_getres, nanosleep*, times
        *(36, 37, 38, 222, 223, 224, 225, 226),  # getitimer, alarm, setitimer, timer_*
    ),
    "facts about the process and the machine": (
        *(39, 110, 111, 121, 124),  # getpid, getppid, getpgrp, getpgid, getsid
        *(102, 104, 107, 108, 115, 118, 120, 125),  # getuid, getgid, geteuid, getegid, getgroups, getres*id, capget
        *(63, 97, 98, 99, 318),  # uname, getrlimit, getrusage, sysinfo, getrandom
    ),
    "children, of which there are none": (61, 247),  # wait4, waitid
}

#: Answered as by a kernel without the call, so that the C library falls back to an older one: clone3 and openat2 have
#: their flags in memory, which a filter cannot read; copy_file_range, epoll_pwait2, map_shadow_stack, mseal.
ABSENT = (435, 437, 326, 441, 453, 462)
#: Calls from this number on are newer than this list.
NEWER = 470
#: fallocate takes disk space faster than the supervisor looks. The C library and SQLite write zeros instead.
UNSUPPORTED = {285: errno.EOPNOTSUPP}

CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_THREAD = 0x100, 0x200, 0x400, 0x800, 0x10000
OF_THREADS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD
#: CLONE_PTRACE, CLONE_VFORK, CLONE_PARENT, and all namespaces.
OF_PROCESSES = 0x2000 | 0x4000 | 0x8000 | 0x7E020000
O_ACCMODE, O_WRONLY, O_RDWR, O_TRUNC = 3, 1, 2, 0x200
SIGKILL = 9


@dataclass(frozen=True, slots=True)
class ArgumentCheck:
    """What an argument must be: with its bits in `mask` one of `values`, or with `other` none of them."""

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    other: bool = False


#: With Landlock below version 3, opening with O_TRUNC but not for writing empties any file of the user, and with access
#: mode 3 even one that must not be read.
OPENING = (0, O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC, O_RDWR | O_TRUNC)
#: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, locks, F_OFD_* locks, F_DUPFD_CLOEXEC, F_GETPIPE_SZ. Others make the
#: kernel send signals to other processes (F_SETOWN), block them (F_SETLEASE) or watch directories (F_NOTIFY).
FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)
#: TCGETS, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX, which the C library needs.
IOCTLS = (0x5401, 0x541B, 0x5421, 0x5450, 0x5451)
#: PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_GET_NO_NEW_PRIVS. With
#: PR_SET_PDEATHSIG the child could outlive its launcher, with PR_SET_DUMPABLE hide /proc/PID/fd from the worker, which
#: looks there for files.
PRCTLS = (2, 3, 15, 16, 23, 39)


def checked(own: int) -> dict[int, tuple[ArgumentCheck, ...]]:
    """The calls that are allowed when their arguments meet all conditions, in the process `own`."""
    of_own = ArgumentCheck(FIRST, (0, own))
    flags = O_ACCMODE | O_TRUNC
    return {
        2: (ArgumentCheck(SECOND, OPENING, flags),),  # open
        257: (ArgumentCheck(THIRD, OPENING, flags),),  # openat
        56: (ArgumentCheck(FIRST, (OF_THREADS,), OF_THREADS | OF_PROCESSES),),  # clone: threads that share everything
        # kill, tgkill: one that kills itself would look as if it had been killed from outside.
        62: (of_own, ArgumentCheck(SECOND, (SIGKILL,), other=True)),
        234: (of_own, ArgumentCheck(THIRD, (SIGKILL,), other=True)),
        # prlimit64: its own limits can be read; raising a soft one to the hard one would hide which has ended it.
        302: (of_own, ArgumentCheck(THIRD, (0,)), ArgumentCheck(THIRD + UPPER, (0,))),
        203: (of_own,),  # sched_setaffinity
        16: (ArgumentCheck(SECOND, IOCTLS),),  # ioctl
        72: (ArgumentCheck(SECOND, FCNTLS),),  # fcntl
        157: (ArgumentCheck(FIRST, PRCTLS),),  # prctl
        436: (
            ArgumentCheck(THIRD, (0, 4)),
        ),  # close_range, with no flag or CLOSE_RANGE_CLOEXEC: not a table of its own
    }
