"""Attempts to escape from the sandbox: one line of Python each, against the machine, the worker or other processes.

The test replaces the names in braces by its own paths and ports. A line that succeeds exits with 0.
"""

ATTEMPTS = {
    "read a file of the system": "open('/etc/passwd').read()",
    "read what it can name from where it is": "open('../secret').read()",
    "read a file by its whole path": "open({secret!r}).read()",
    "list another directory": "__import__('os').listdir({outside!r})",
    "write outside": "open({outside!r} + '/canary', 'a').write('touched')",
    "write into what it was given to read": "open({inputs!r} + '/weather', 'a').write('touched')",
    "empty a file outside": "__import__('os').truncate({outside!r} + '/canary', 0)",
    "delete a file outside": "__import__('os').unlink({outside!r} + '/canary')",
    "move a file in": "__import__('os').rename({outside!r} + '/canary', 'mine')",
    "move a file out": "open('mine', 'w').close(); __import__('os').rename('mine', {outside!r} + '/planted')",
    "read through a link that it makes": "__import__('os').symlink({secret!r}, 'link'); open('link').read()",
    "read through a link that is there": "open('planted').read()",
    "make another name for a file": "__import__('os').link({secret!r}, 'name')",
    "leave a pipe behind": "__import__('os').mkfifo('pipe')",
    "execute what it wrote": (
        "import os; open('run', 'w').write('#!/bin/sh\\nexit 0\\n'); os.chmod('run', 0o755); os.execv('./run', ['run'])"
    ),
    "make another process": "__import__('os').fork() or __import__('os')._exit(0)",
    "make another process by the shell": "__import__('subprocess').run(['/bin/true'], check=True)",
    "connect to a port": "__import__('socket').create_connection(('127.0.0.1', {port}), 5)",
    "listen on a port": "__import__('socket').create_server(('127.0.0.1', 0))",
    "send a datagram": (
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))"
    ),
    "connect to a socket by its path": "import socket; socket.socket(socket.AF_UNIX).connect({socket!r})",
    "send to an abstract socket": (
        "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '\\0epsm-{worker}')"
    ),
    "reach a socket by a pair": (
        "import socket; a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); a.sendto(b'x', '\\0epsm-{worker}')"
    ),
    "lock a file outside away": "__import__('os').chmod({outside!r} + '/canary', 0)",
    "lock a file away that it may read": "import os; os.fchmod(os.open({inputs!r} + '/weather', os.O_RDONLY), 0)",
    "change when a file was written": "__import__('os').utime({outside!r} + '/canary', (0, 0))",
    "give a file attributes": "__import__('os').setxattr({outside!r} + '/canary', 'user.epsm', b'x')",
    "give a file away": "__import__('os').chown({outside!r} + '/canary', -1, -1)",
    "give a program the rights of its owner": "import os; open('run', 'w').close(); os.chmod('run', 0o4755)",
    "limit the worker": (
        "import resource as r; r.prlimit({worker}, r.RLIMIT_NOFILE, r.prlimit({worker}, r.RLIMIT_NOFILE))"
    ),
    "slow the worker down": (
        "import os; os.setpriority(os.PRIO_PROCESS, {worker}, os.getpriority(os.PRIO_PROCESS, {worker}))"
    ),
    "move the worker to a core": "import os; os.sched_setaffinity({worker}, os.sched_getaffinity({worker}))",
    "hide what it has open": (
        "import ctypes, sys; sys.exit(ctypes.CDLL(None).prctl(4, 0) < 0 and 'Operation not permitted')"
    ),
    "have the kernel signal the worker": "import fcntl, os; fcntl.fcntl(os.pipe()[0], 8, {worker})",
    "keep memory after its end": (
        "import ctypes, sys; c = ctypes.CDLL(None); i = c.shmget(0, 4096, 0o1600); i < 0 or c.shmctl(i, 0, None); "
        "sys.exit(i < 0 and 'Operation not permitted')"
    ),
    "keep memory that no limit counts": "__import__('os').memfd_create('x')",
    "see what files others make": (
        "import ctypes, sys; c = ctypes.CDLL(None); i = c.inotify_init1(0); "
        "sys.exit((i < 0 or c.inotify_add_watch(i, {outside!r}.encode(), 256) < 0) and 'Operation not permitted')"
    ),
    "use the worker's keys": (
        "import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(250, 0, -3, 1) < 0 and 'Operation not permitted')"
    ),
    "have calls made by the kernel": (
        "import ctypes, sys; p = ctypes.create_string_buffer(120); "
        "sys.exit(ctypes.CDLL(None).syscall(425, 1, p) < 0 and 'Operation not permitted')"
    ),
    "signal the worker": "__import__('os').kill({worker}, 0)",
    "look into the worker": "open('/proc/{worker}/environ', 'rb').read()",
    "read the worker's memory": "open('/proc/{worker}/maps').read()",
    "use what the worker has open": "__import__('os').listdir('/proc/{worker}/fd')",
    "write to the kernel's settings": "open('/proc/sys/kernel/core_pattern', 'a').close()",
    "write to a disk of shared memory": "open('/dev/shm/epsm-{worker}', 'w').close()",
    "write to where everybody may": "open('/tmp/epsm-{worker}', 'w').close()",
}
#: Error messages of the kernel; the last is Landlock's for links and moves between directories.
REFUSALS = ("Operation not permitted", "Permission denied", "Invalid cross-device link")
#: These need privileges that the tests may not have, so they are not tried unconfined.
PRIVILEGED = {"write to the kernel's settings", "move a file in", "make another name for a file"}
