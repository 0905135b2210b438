# ruff: noqa: E501  (lines of programs)
"""Programs in EnergyPlus's place: what each tries, in Python, and how its run ends.

The test replaces {canary}, {port} and so on. `cause` is a regular expression on the verdict and the exit of the run.
"""

from dataclasses import dataclass

#: Defines `denied`, which fails unless the kernel refuses a call, with any of the errors that its checks return.
DENIED = """
import errno, sys
def denied(what):
    try: what()
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.EXDEV): return
        raise
    sys.exit("it was not denied")
"""
SUCCEED = """
open("eplusout.err", "a").write("   ************* EnergyPlus Completed Successfully-- 0 Warning; 0 Severe Errors;\\n")
"""
#: Defines `call`, which makes a system call by its number.
CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *a):
    result = libc.syscall(*map(ctypes.c_long, (number, *a)))
    if result < 0: raise OSError(ctypes.get_errno(), "")
    return result
"""
#: The exit of a program that was denied everything it tried.
HARMLESS = "exit code 0"


@dataclass(frozen=True)
class Program:
    """One program; without a `cause` it must be denied everything it tries, and succeed."""

    tries: str
    text: str
    cause: str = HARMLESS


PROGRAMS = {
    "reads": Program(
        "reads the system's files, root's, the canary, other runs",
        "import os\nfor p in ('/etc/passwd', '/root/.bashrc', {canary!r}, '../inputs', '..'):\n denied(lambda: os.open(p, 0))",
    ),
    "reads the worker": Program(
        "looks for secrets in the worker and the launcher",
        "import os\nfor p in (os.getppid(), {worker}, 'self', 1):\n"
        " for f in ('environ', 'maps', 'fd', 'mem'): denied(lambda: os.open(f'/proc/{{p}}/{{f}}', 0))",
    ),
    "writes": Program(
        "writes, creates, moves, deletes, locks files outside",
        "import os\nc = {canary!r}\nfor call in (lambda: os.open(c, 1), lambda: os.truncate(c, 0), lambda: os.unlink(c), "
        "lambda: os.rename(c, 'x'), lambda: os.chmod(c, 0), lambda: os.utime(c), lambda: os.link(c, 'x'), "
        "lambda: os.open(c + '.new', 65), lambda: os.mkdir(c + '.d'), lambda: os.open('/dev/shm/epsm', 65), "
        "lambda: os.open('/tmp/epsm', 65), lambda: os.open('/proc/self/oom_score_adj', 1)): denied(call)",
    ),
    "leaves traps": Program(
        "leaves links, pipes and devices where the worker will read",
        "import os, socket\nfor name in ('eplusout.err', 'eplusout.sql', 'eplustbl.htm', 'energyplus.out.d'):\n"
        " for call in (lambda: os.symlink({canary!r}, name), lambda: os.link({canary!r}, name), lambda: os.mkfifo(name), "
        "lambda: os.mknod(name, 0o20600, os.makedev(1, 5)), lambda: socket.socket(1).bind(name)): denied(call)",
    ),
    "connects": Program(
        "reaches Postgres, name servers, other programs, or listens",
        "import socket as s\nfor f, t in ((2, 1), (2, 2), (10, 1), (10, 2), (1, 1), (1, 2), (16, 3), (17, 3)):\n"
        " denied(lambda: s.socket(f, t))\ndenied(s.socketpair)\ndenied(lambda: s.create_connection(('127.0.0.1', {port})))",
    ),
    "pretends": Program("exits as if it had been killed from outside", "sys.exit(128 + 9)", "exit code 137"),
    "forks": Program(
        "makes processes without end",
        "import os\nwhile True: denied(os.fork) or sys.exit(open('eplusout.err', 'w')"
        ".write('EnergyPlus Completed Successfully-- 0 Warning; 0 Severe Errors;') and 0)",
    ),
    "executes": Program(
        "executes a file that it wrote",
        "import os\nopen('x', 'w').write('#!/bin/sh')\ndenied(lambda: os.chmod('x', 0o755))\ndenied(lambda: os.execv('x', ['x']))",
    ),
    "signals": Program(
        "stops or kills the worker, the launcher, every process",
        "import os\nfor p in ({worker}, os.getppid(), 1, -1, -{worker}): denied(lambda: os.kill(p, 0))",
    ),
    "leaves": Program(
        "leaves its session, its namespaces, its root, its limits",
        "import os, resource as r, ctypes\nc = ctypes.CDLL(None, use_errno=True)\n"
        "def call(n, *a):\n if c.syscall(n, *a) < 0: raise OSError(ctypes.get_errno(), '')\n"
        "denied(os.setsid)\nfor flag in (0x10000000, 0x20000, 0x40000000): denied(lambda: call(272, flag))\n"
        "denied(lambda: os.chroot('.'))\ndenied(lambda: call(165, b'x', b'.', b'tmpfs', 0, 0))\n"
        "denied(lambda: call(250, 0, -3, 1))\ndenied(lambda: call(425, 1, b' ' * 120))\n"
        "denied(lambda: r.prlimit({worker}, r.RLIMIT_NOFILE, (9, 9)))\ndenied(lambda: os.setpriority(0, {worker}, 19))\n"
        "assert r.getrlimit(r.RLIMIT_CORE) == (0, 0)",
    ),
    "environment": Program(
        "looks for secrets in its environment",
        "import os\nextra = set(os.environ) - {{'PATH', 'LANG', 'HOME', 'TMPDIR', 'TRACEPARENT', 'LC_CTYPE'}}\n"
        "assert not extra, extra\nassert os.environ['HOME'] == os.environ['TMPDIR'] == os.getcwd()\n"
        "for n in range(3, 999):\n try: os.fstat(n); sys.exit('a file is open')\n except OSError: pass",
    ),
    "memory": Program(
        "takes memory without end", "import mmap\nx = []\nwhile True: x.append(mmap.mmap(-1, 1 << 26))", "exit code 1"
    ),
    "one large file": Program(
        "writes a file without end",
        "import signal\nsignal.signal(25, 0)\nf = open('big', 'wb')\nwhile True: f.write(bytes(1 << 20))",
        "signal 25|grew past",
    ),
    "many large files": Program(
        "fills the disk with files that are small enough",
        "import time\nfor n in range(40): open(str(n), 'wb').write(bytes(1 << 20))\ntime.sleep(99)",
        "its files grew past 20000000 bytes in all",
    ),
    "a hole": Program(
        "makes sparse files larger than the limit",
        "import os, time\nfor n in range(9): os.truncate(os.open(str(n), 65), 7 << 20)\ntime.sleep(99)",
        "its files grew past 20000000 bytes in all",
    ),
    "files without a name": Program(
        "fills the disk with files that no directory lists",
        "import os, time\nf = []\nfor n in range(9): f.append(open(str(n), 'wb')); os.unlink(str(n)); f[-1].write(bytes(7 << 20))\n"
        "time.sleep(99)",
        "its files grew past 20000000 bytes in all",
    ),
    "many files": Program(
        "uses up the inodes of a disk",
        "import time\nfor n in range(20000): open(str(n), 'w').close()\ntime.sleep(99)",
        "it made more than 10000 files|its files grew past",
    ),
    "deep directories": Program(
        "makes a tree that cannot be named, or removed",
        "import os, time\nfor n in range(5000): os.mkdir('d'); os.chdir('d')\ntime.sleep(99)",
        "it made directories 32 deep",
    ),
    "threads": Program(
        "makes threads without end",
        "import threading, time\nthreading.stack_size(65536)\n"
        "for n in range(2000): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\ntime.sleep(99)",
        "it made more than 64 threads",
    ),
    "prints": Program(
        "prints without end",
        "import signal\nsignal.signal(25, 0)\nwhile True: print('x' * 100000)",
        "signal 25|grew past",
    ),
    "stops itself": Program(
        "stops, so that no signal reaches it",
        "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.kill(os.getpid(), signal.SIGSTOP)",
        "timed_out",
    ),
    "ignores signals": Program(
        "ignores every signal",
        "import signal\nfor s in set(range(1, 65)) - {{9, 19, 32, 33}}: signal.signal(s, signal.SIG_IGN)\nwhile True: pass",
        "timed_out",
    ),
    "directory for a file": Program(
        "makes directories where files are read",
        "import os, time\nos.unlink('energyplus.out')\nfor n in ('energyplus.out', 'eplusout.err', 'eplusout.sql'): os.mkdir(n)\n"
        "time.sleep(2)",
        "exit code 0, without saying",
    ),
    "blank messages": Program(
        "makes the reader of messages search for very long",
        "open('eplusout.err', 'w').write('\\n' * 6000000)",
        "exit code 0, without saying",
    ),
    "hides files in memory": Program(
        "fills the disk with files that no directory and no descriptor shows",
        f"import os, time\n{CALL}\nfor n in range(60):\n f = os.open(str(n), 66); os.write(f, bytes(7 << 20)); os.unlink(str(n))\n"
        " call(9, 0, 4096, 1, 1, f, 0); os.close(f)\ntime.sleep(99)",
        "it mapped a deleted file into its memory|its files grew past",
    ),
    "hides files in threads": Program(
        "gives each thread open files of its own, by every way there is",
        f"import os, threading\n{CALL}\n"
        "def own():\n"
        " try:\n"
        "  for a in ((272, 0x400), (436, 3, 4, 2), (56, 0x10b00, 0, 0, 0, 0), (56, 0x11, 0, 0, 0, 0)): denied(lambda: call(*a))\n"
        " except BaseException: os._exit(1)\n"
        "t = threading.Thread(target=own); t.start(); t.join()",
    ),
    "ends its first thread": Program(
        "fills the disk from a second thread, when the process itself shows no open files any more",
        f"import os, threading, time\n{CALL}\n"
        "def fill():\n"
        " f = []\n"
        " for n in range(9): f.append(os.open(str(n), 66)); os.unlink(str(n)); os.write(f[-1], bytes(7 << 20))\n"
        " time.sleep(99)\n"
        "threading.Thread(target=fill).start()\ncall(60, 0)",
        "its files grew past 20000000 bytes in all",
    ),
    "reserves": Program(
        "takes space without writing, faster than anybody looks",
        f"import os\n{CALL}\nf = os.open('reserved', 66)\ntry: call(285, f, 0, 0, 7 << 20); sys.exit('it was not denied')\n"
        "except OSError as error: assert error.errno == errno.EOPNOTSUPP\nos.posix_fallocate(f, 0, 8192)",
    ),
    "outlives": Program(
        "undoes that the kernel ends it with its launcher, hides from the worker who and what has ended it",
        f"{CALL}\nfor a in ((157, 1, 0), (157, 4, 0), (157, 36, 1), (157, 38, 0), (157, 22, 2, 0)): denied(lambda: call(*a))\n"
        "import os, resource as r\ndenied(lambda: os.kill(os.getpid(), 9))\ndenied(lambda: call(234, os.getpid(), os.getpid(), 9))\n"
        "denied(lambda: os.kill(0, 9))\nr.getrlimit(r.RLIMIT_CPU)\n"
        "limit = ctypes.addressof(ctypes.create_string_buffer(16))\n"
        "for a in ((160, 0, limit), (302, 0, 0, limit, 0), (302, 0, 0, 1 << 40, 0)): denied(lambda: call(*a))\n"
        "assert call(157, 3) == 1",
    ),
    "empties": Program(
        "empties files by opening them as if to read",
        "import os\nfor flags in (os.O_TRUNC, os.O_TRUNC | 3): denied(lambda: os.open({canary!r}, flags))\n"
        "denied(lambda: os.truncate({canary!r}, 0))\ndenied(lambda: os.open('energyplus.out', os.O_TRUNC))",
    ),
    "claims success": Program("prints success without a result", "", HARMLESS),
}
