"""The launcher process: forks engines on request and kills all of them when its worker has ended.

`launcher.py` starts it with a socket as its only connection. It has one thread, so that it can fork safely, and imports
little but what its jobs need (`job_child.py`), so that a fork copies little. It is the parent of the engines and, as
their subreaper, of orphaned processes that they leave behind, so it always knows which processes belong to engines.
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
from pathlib import Path
from typing import Any

from shared.confinement import job_child, landlock, privileges, seccomp
from shared.confinement.job_child import Jobs

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
MESSAGE_BYTES = 65536
#: EnergyPlus has about twenty open files. The limit bounds deleted files that are still open: no directory lists them.
OPEN_FILES = 256
LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Serve requests until the worker closes its end of the socket, then kill all children and return."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    # If an engine inherited this end, the worker would not notice when the launcher ends.
    channel.set_inheritable(False)
    jobs = job_child.load(sys.argv[2], sys.argv[3:]) if len(sys.argv) > 2 else None
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # Ctrl-C in a terminal is handled by the worker, which stops its runs itself.
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
                answer(channel, groups, json.loads(message), jobs)
    except ConnectionError:
        return
    finally:
        kill_all(groups)


def answer(channel: socket.socket, groups: dict[int, int], request: dict[str, Any], jobs: Jobs | None) -> None:
    """Handle a request: spawn a child, or send a signal to the process group of one."""
    if request["do"] == "signal":
        if (pid := groups.get(request["id"])) is not None:
            kill_group(pid, request["signal"])
        return
    try:
        groups[request["id"]] = pid = spawn(request, jobs)
    except OSError as error:
        say(
            channel,
            {
                "id": request["id"],
                "error": f"{error.filename or request['job'] or request['argv'][0]}: {error.strerror}",
            },
        )
    else:
        say(channel, {"id": request["id"], "pid": pid})


def reap(channel: socket.socket, groups: dict[int, int]) -> None:
    """Report every child that has ended, after killing the processes that it left behind."""
    while (pid := next_ended()) is not None:
        identity = next((i for i, leader in groups.items() if leader == pid), None)
        if identity is not None:
            # Until the ended child is reaped, its pid cannot be reused for another group.
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
    """Pid of a child that has ended and is not reaped yet, None when there is none."""
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return None if ended is None else ended.si_pid


def spawn(request: dict[str, Any], jobs: Jobs | None) -> int:
    """Fork, and exec the program or do the job; returns the pid. Raises OSError when it cannot be started."""
    parent = os.getpid()
    error_read, error_write = os.pipe2(os.O_CLOEXEC)
    with open(error_read, "rb") as failures:  # noqa: PTH123  (a descriptor, not a path)
        try:
            pid = os.fork()
            if pid == 0:
                become(request, jobs, parent, error_write)
        finally:
            os.close(error_write)
        failure = failures.read()
    if failure:
        os.waitpid(pid, 0)
        raise OSError(*json.loads(failure))
    return pid


def become(request: dict[str, Any], jobs: Jobs | None, parent: int, errors: int) -> None:
    """In the forked child: exec the program or do the job, or write the error to the descriptor `errors` and exit."""
    try:
        leave(parent)
        confine(request, parent)
        if jobs is not None and request["job"]:
            job_child.run(jobs, request["job"], OPEN_FILES)
        os.execve(request["argv"][0], request["argv"], request["env"])  # noqa: S606  (no shell, on purpose)
    except OSError as error:
        os.write(errors, json.dumps([error.errno, error.strerror, str(error.filename or "")]).encode())
    except ValueError as error:
        os.write(errors, json.dumps([0, str(error), ""]).encode())
    finally:
        os._exit(127)


def leave(parent: int) -> None:
    """Start a new session and reset signal handlers; the kernel kills the child when the launcher ends."""
    os.setsid()
    die_with(parent)
    # SIGXFSZ must kill the engine when a file exceeds its limit: if it is ignored, the engine reports success although
    # its output is truncated.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent, the launcher, ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(127)


def confine(request: dict[str, Any], parent: int) -> None:
    """Apply the resource limits, the working directory, the output file, and last the sandbox."""
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    if request["memory"] is not None:
        # A job's limit is what it may take beyond the launcher, whose memory it shares.
        limit(resource.RLIMIT_AS, request["memory"] + (job_child.address_space() if request["job"] else 0))
    if request["file"] is not None:
        limit(resource.RLIMIT_FSIZE, request["file"])
    if request["cpu"] is not None:
        # SIGXCPU, which names the cause, at the first limit; SIGKILL at the second.
        resource.setrlimit(resource.RLIMIT_CPU, (request["cpu"], request["cpu"] + 1))
    os.chdir(request["cwd"])
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    if (sandbox := request["sandbox"]) is not None:
        privileges.give_up(request["cwd"], sandbox["writable"])
        # A change of the user has reset it, and the filter lets nothing change it any more.
        die_with(parent)
        landlock.confine(sandbox["readable"], sandbox["writable"])
        if seccomp.available():
            seccomp.confine()


def limit(which: int, amount: int) -> None:
    """Set a resource limit; a lower hard limit that exists already is kept."""
    _, hard = resource.getrlimit(which)
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(which, (amount, amount))


def kill_all(groups: dict[int, int]) -> None:
    """Kill every process group and every orphan, and wait until no child is left."""
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
    """Pids of direct children: the engines, and their orphans, which the launcher adopts as subreaper."""
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_bytes().split()]
    except OSError:
        return []


def session(pid: int) -> int | None:
    """Id of the session of a process, None when the process has ended."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def kill(pid: int) -> None:
    """Kill a direct child; its pid is not reused before it is reaped."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def kill_group(pid: int, number: int) -> None:
    """Send a signal to a process group; does nothing when it has ended already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def say(channel: socket.socket, message: dict[str, Any]) -> None:
    """Send one message to the worker."""
    channel.send(json.dumps(message).encode())
