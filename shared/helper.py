"""The helper: a confined child that reads foreign text for a service (`shared.energyplus.jobs`).

What it replies comes from a process that has read hostile text, so the reply is bounded and checked. A helper that ends
by a limit, or crashes, is the fault of what it read.
"""

import errno
import re
import signal
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from shared.confinement import landlock
from shared.confinement.child import Child, ChildLimits, Preload
from shared.confinement.errors import ConfinementError
from shared.confinement.exit import Exit
from shared.confinement.job_child import DISK_FAULT, OUT_OF_MEMORY, REPLY
from shared.confinement.launcher import HOME, OUTPUT, Launcher
from shared.confinement.sandbox import SYSTEM, Sandbox
from shared.energyplus.job import PROGRESS, Job
from shared.energyplus.untrusted_file import open_plain, read_ends
from shared.errors import RefusedInput, Unavailable

Request = TypeVar("Request")
Value = TypeVar("Value")

#: The reply about a model of 1,500 zones has less than 1 MB.
REPLY_BYTES = 8 << 20
MIB = 1 << 20
PRINTED_BYTES, PRINTED_CHARACTERS = 4096, 300
DIRECTORIES = re.compile(r"(?<![\w./])/(?:[^/\s'\"]+/)*")
PROGRESS_DIGITS = 9


class HelperLimit(RefusedInput):
    """The helper ended by a limit or a crash; the message says by which, and continues a sentence: "took more …"."""


class HelperKilled(Unavailable):
    """Something else killed the helper: an operator, or the kernel when out of memory."""


class Supervisor(Protocol):
    """Waits for a child and ends it when it takes too long, or when its result is not wanted any more."""

    def rearm(self) -> threading.Event:
        """The event that the child's end sets."""

    def until_end(self, child: Child) -> Exit:
        """Wait for the end of the child. Raises HelperLimit when the child was killed for a limit."""


@dataclass(frozen=True, slots=True)
class HelperLimits:
    """Limits of one job: memory in addition to what Python and the fields of EnergyPlus take, seconds, file size."""

    memory_bytes: int = 1024 * MIB
    seconds: float = 120.0
    file_bytes: int | None = None


def preload(versions: Iterable[str]) -> Preload:
    """What a launcher needs to start helpers that know these engines."""
    return Preload("shared.energyplus.jobs", tuple(versions))


def helper_sandbox() -> Sandbox:
    """Python, its packages and this program to read; each job adds its own files.

    Raises ConfinementError when the kernel does not support Landlock.
    """
    if landlock.version() == 0:
        raise ConfinementError("helpers cannot be confined: this kernel has no Landlock, or does not let it be used")
    return Sandbox((*SYSTEM, *sorted({sys.prefix, sys.base_prefix}), str(HOME / "shared")))


def call(
    launcher: Launcher,
    job: Job[Request, Value],
    request: Request,
    room: Path,
    limits: HelperLimits,
    sandbox: Sandbox | None,
    supervisor: Supervisor,
) -> Value:
    """Do a job in the new directory `room`, with a sandbox that gives access to its files.

    Raises what the job refuses with, HelperLimit, HelperKilled, ConfinementError, OSError, and what the supervisor
    raises.
    """
    confined = None if sandbox is None else replace(sandbox, writable=(*sandbox.writable, str(room)))
    allowed = ChildLimits(limits.memory_bytes, limits.file_bytes, confined, int(limits.seconds) + 1)
    child = launcher.spawn_job(job.name, job.encode(request), room, allowed, supervisor.rearm())
    ended = supervisor.until_end(child)
    if ended.code != 0:
        raise _error(ended, limits, room)
    try:
        with open_plain(room / REPLY) as file:
            reply = file.read(REPLY_BYTES + 1)
    except OSError as error:
        raise HelperLimit("left no answer") from error
    if len(reply) > REPLY_BYTES:
        raise HelperLimit(f"gave an answer of more than {REPLY_BYTES // MIB} MB")
    try:
        return job.decode(reply)
    except RefusedInput:
        raise
    except ValueError as error:
        raise HelperLimit("gave an answer that is none") from error


def progress(room: Path) -> int:
    """The number of the file that a job was reading when it ended; 0 when it has not said."""
    said, _ = read_ends(room / PROGRESS, PROGRESS_DIGITS, 0)
    return int(said) if said.isdigit() else 0


def _error(ended: Exit, limits: HelperLimits, room: Path) -> Exception:
    if ended.code == OUT_OF_MEMORY:
        return HelperLimit(f"took more than {limits.memory_bytes // MIB} MB of memory")
    if ended.code == DISK_FAULT:
        return OSError(errno.EIO, "the helper could not write its files", str(room))
    # The kernel sends SIGKILL to one that ignores SIGXCPU.
    took = ended.user_seconds + ended.system_seconds
    if ended.signal == signal.SIGXCPU or (ended.signal == signal.SIGKILL and took > limits.seconds):
        return HelperLimit(f"took more than {limits.seconds:g} s")
    if ended.signal == signal.SIGXFSZ:
        return HelperLimit("wrote a file that is too large")
    if ended.signal == signal.SIGKILL:
        return HelperKilled(f"the helper was killed from outside ({ended})")
    # Of a traceback the last line says what went wrong; directories of this machine concern nobody.
    _, printed = read_ends(room / OUTPUT, 0, PRINTED_BYTES)
    last = DIRECTORIES.sub("", printed.decode(errors="replace").strip().rpartition("\n")[2])[:PRINTED_CHARACTERS]
    return HelperLimit(f"ended with {ended}" + (f": {last}" if last else ""))
