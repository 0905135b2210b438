"""The launcher process: forks engines on request and kills them all when its worker is gone.

Started by `launcher.py` with nothing but a socket. It has one thread, so that it can fork safely, and imports little,
so that a fork copies little. It is the engines' parent: it knows for certain which process groups are theirs.
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
MESSAGE_BYTES = 65536
LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Serve requests until the worker closes its end, then kill what is left and exit."""
    channel = socket.socket(fileno=int(sys.argv[1]))
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
    except (ConnectionError, BrokenPipeError):
        return
    finally:
        for pid in groups.values():
            kill_group(pid, signal.SIGKILL)


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
    """Report every child that has ended, after killing what it left in its group."""
    for identity, pid in list(groups.items()):
        # Its own group goes first, while the unreaped child still keeps the number from being given to another.
        try:
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            ended = None
        if ended is None:
            continue
        kill_group(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
        del groups[identity]
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


def spawn(request: dict[str, Any]) -> int:
    """Fork and exec; the pid. Raises OSError when the program cannot be executed."""
    parent = os.getpid()
    error_read, error_write = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        try:
            become(request, parent)
        except OSError as error:
            os.write(error_write, json.dumps([error.errno, error.strerror, str(error.filename or "")]).encode())
        finally:
            os._exit(127)
    os.close(error_write)
    failure = os.read(error_read, 4096)
    os.close(error_read)
    if failure:
        os.waitpid(pid, 0)
        raise OSError(*json.loads(failure))
    return pid


def become(request: dict[str, Any], parent: int) -> None:
    """In the child: leave the launcher's session, take on the limits, turn into the program."""
    os.setsid()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(127)
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    limit(resource.RLIMIT_CORE, 0)
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
    os.set_inheritable(1, True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execve(request["argv"][0], request["argv"], request["env"])  # noqa: S606  (a list, never a shell)


def limit(which: int, amount: int) -> None:
    """Set a resource limit, or keep a lower one that is there already."""
    _, hard = resource.getrlimit(which)
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(which, (amount, amount))


def kill_group(pid: int, number: int) -> None:
    """Signal a whole process group; one that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def say(channel: socket.socket, message: dict[str, Any]) -> None:
    """Send one message to the worker."""
    channel.send(json.dumps(message).encode())


if __name__ == "__main__":
    main()
