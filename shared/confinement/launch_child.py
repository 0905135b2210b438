"""The launcher process: forks engines on request and kills them all when its worker is gone.

Started by `launcher.py` with nothing but a socket. It has one thread, so that it can fork safely, and imports little,
so that a fork copies little. It is the engines' parent, and the parent of whatever they leave behind: it knows for
certain which processes are theirs.
"""

import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from shared.confinement import landlock, privileges, seccomp

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
MESSAGE_BYTES = 65536
#: EnergyPlus has some twenty files open; one that is deleted while open is in no directory where it could be counted.
OPEN_FILES = 256
LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Serve requests until the worker closes its end, then kill what is left and exit."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    # An engine that held our end would hide our death from the worker.
    channel.set_inheritable(False)
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # A terminal's Ctrl-C is for the worker to answer: it stops its runs in its own way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wake_read, wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    groups: dict[int, int] = {}
    try:
        while True:
            readable, _, _ = select.select([channel.fileno(), wake_read], [], [])
            if wake_read in readable:
                os.read(wake_read, 4096)
                reap(channel, groups)
            if channel.fileno() in readable:
                message = channel.recv(MESSAGE_BYTES)
                if not message:
                    return
                answer(channel, groups, json.loads(message))
    except ConnectionError:
        return
    finally:
        kill_all(groups)


def answer(channel: socket.socket, groups: dict[int, int], request: dict[str, Any]) -> None:
    """Spawn a child, or send a signal to the group of one."""
    if request["do"] == "signal":
        if (pid := groups.get(request["id"])) is not None:
            kill_group(pid, request["signal"])
        return
    try:
        groups[request["id"]] = pid = spawn(request)
    except OSError as error:
        say(channel, {"id": request["id"], "error": f"{error.filename or request['argv'][0]}: {error.strerror}"})
    else:
        say(channel, {"id": request["id"], "pid": pid})


def reap(channel: socket.socket, groups: dict[int, int]) -> None:
    """Report every child that has ended, after killing what it left behind."""
    while (pid := next_ended()) is not None:
        identity = next((i for i, leader in groups.items() if leader == pid), None)
        if identity is not None:
            # While the ended child is not reaped, its number cannot become another group's.
            kill_group(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
        if identity is not None:
            del groups[identity]
        for stray in children():
            if session(stray) not in groups.values():
                kill(stray)
        if identity is None:
            continue
        say(
            channel,
            {
                "id": identity,
                "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                "user": used.ru_utime,
                "system": used.ru_stime,
                "rss": used.ru_maxrss * 1024,
            },
        )


def next_ended() -> int | None:
    """A child that has ended and is not reaped yet, if there is one."""
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return None if ended is None else ended.si_pid


def spawn(request: dict[str, Any]) -> int:
    """Fork and exec; the pid. Raises OSError when the program cannot be executed."""
    parent = os.getpid()
    error_read, error_write = os.pipe2(os.O_CLOEXEC)
    with open(error_read, "rb") as failures:  # noqa: PTH123  (a descriptor, not a path)
        try:
            pid = os.fork()
            if pid == 0:
                become(request, parent, error_write)
        finally:
            os.close(error_write)
        failure = failures.read()
    if failure:
        os.waitpid(pid, 0)
        raise OSError(*json.loads(failure))
    return pid


def become(request: dict[str, Any], parent: int, errors: int) -> None:
    """In the child: turn into the program, or say why not and end."""
    try:
        leave(parent)
        confine(request)
        os.execve(request["argv"][0], request["argv"], request["env"])  # noqa: S606  (no shell, on purpose)
    except OSError as error:
        os.write(errors, json.dumps([error.errno, error.strerror, str(error.filename or "")]).encode())
    except ValueError as error:
        os.write(errors, json.dumps([0, str(error), ""]).encode())
    finally:
        os._exit(127)


def leave(parent: int) -> None:
    """Leave the launcher's session, but die with the launcher; take back the signals it ignores."""
    os.setsid()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(127)
    # The engine must die of a file that grows past its limit: one that ignores it reports success without the rest.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def confine(request: dict[str, Any]) -> None:
    """Take on the limits, the working directory, the output file, and last the sandbox."""
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    if request["memory"] is not None:
        limit(resource.RLIMIT_AS, request["memory"])
    if request["file"] is not None:
        limit(resource.RLIMIT_FSIZE, request["file"])
    os.chdir(request["cwd"])
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    if (sandbox := request["sandbox"]) is not None:
        privileges.give_up()
        landlock.confine(sandbox["readable"], sandbox["writable"])
        if seccomp.available():
            seccomp.confine()


def limit(which: int, amount: int) -> None:
    """Set a resource limit, or keep a lower one that is there already."""
    _, hard = resource.getrlimit(which)
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(which, (amount, amount))


def kill_all(groups: dict[int, int]) -> None:
    """Kill every group and every stray, and wait until none is left."""
    for pid in groups.values():
        kill_group(pid, signal.SIGKILL)
    while True:
        for pid in children():
            kill(pid)
        try:
            os.wait()
        except ChildProcessError:
            return


def children() -> list[int]:
    """Direct children: the engines, and orphans of theirs that were handed to us as their subreaper."""
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_bytes().split()]
    except OSError:
        return []


def session(pid: int) -> int | None:
    """The session that a process belongs to, None when it is gone."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def kill(pid: int) -> None:
    """Kill one of our own children; an unreaped one keeps its number."""
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def kill_group(pid: int, number: int) -> None:
    """Signal a whole process group; one that is gone already is fine."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def say(channel: socket.socket, message: dict[str, Any]) -> None:
    """Send one message to the worker."""
    channel.send(json.dumps(message).encode())
