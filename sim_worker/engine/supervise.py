"""Running the engine under supervision: limits, cancellation and progress, for one run in one directory.

The deadline depends on the clock alone, never on a line of output, because EnergyPlus can be silent for minutes.
"""

import errno
import shutil
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from time import monotonic

from shared.confinement.exit import Exit
from shared.confinement.launcher import Child, ChildLimits, Launcher
from shared.confinement.sandbox import Sandbox
from shared.energyplus.installation import Engine
from shared.energyplus.results.messages import read_statement
from shared.energyplus.untrusted_file import is_plain, read_ends
from shared.energyplus.verdict import Verdict, classify, explain
from sim_worker.engine.progress import Progress, ProgressReader
from sim_worker.engine.usage import excess, overuse

#: How often the child is looked at; its end and a request to stop wake the supervisor at once.
POLL_SECONDS = 0.25
OUTPUT = "energyplus.out"
EXPANSION = "expand"
#: The last words of a dying process are at the end of what it printed.
LAST_BYTES = 4096
#: Below this the disk counts as full. EnergyPlus says that it succeeded even when its files were cut off.
SPACE_BYTES = 1 << 20


class Stop(StrEnum):
    """Why an execution was told to stop."""

    CANCELLED = "cancelled"
    LEASE_LOST = "lease_lost"
    DRAINED = "drained"


class StopSignal:
    """A request to stop that wakes whoever supervises; the first reason stays."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason: Stop | None = None
        #: Set by a request to stop and by the child's end: what the supervisor sleeps on.
        self.wake = threading.Event()

    def request(self, reason: Stop) -> None:
        """Ask to stop."""
        with self._lock:
            self._reason = self._reason or reason
        self.wake.set()

    @property
    def requested(self) -> Stop | None:
        """The reason, once there is one."""
        return self._reason


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use and touch: SIGTERM after `soft_seconds`, SIGKILL after `hard_seconds`.

    `file_bytes` bounds a single file, `scratch_bytes` all of them together.
    """

    soft_seconds: float = 3300.0
    hard_seconds: float = 3600.0
    memory_bytes: int | None = None
    file_bytes: int | None = None
    scratch_bytes: int | None = None
    sandbox: Sandbox | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """What became of it: a verdict, or the reason why it was stopped."""

    verdict: Verdict | None
    stopped: Stop | None
    exit: Exit
    engine_seconds: float
    #: What it took too much of, when that was its end.
    overuse: str = ""

    @property
    def killed_from_outside(self) -> bool:
        """Whether something other than the supervisor sent SIGKILL: an operator, or the kernel short of memory."""
        # An engine behind a shell script shows as the exit code that a shell makes of a signal.
        killed = self.exit.signal == signal.SIGKILL or self.exit.code == 128 + signal.SIGKILL
        return self.verdict is Verdict.CRASHED and killed and not self.overuse


def supervise(
    launcher: Launcher,
    engine: Engine,
    model: Path,
    weather: Path,
    limits: Limits,
    *,
    stop: StopSignal,
    on_progress: Callable[[Progress], None],
    environments: int = 1,
    needs_expansion: bool = False,
    variables: Mapping[str, str] | None = None,
) -> Execution:
    """Execute the prepared `model` in its own directory and wait for the end.

    `environments` is how many periods will be simulated, for the progress. With `needs_expansion` ExpandObjects goes
    first, under the same limits. `variables` are added to the engine's environment. Raises ConfinementError,
    and OSError when the directory's disk is full.
    """
    started = monotonic()
    directory = model.parent
    watch = _Watch(limits, stop, started, directory)
    sandbox = None if limits.sandbox is None else limits.sandbox.around(directory, weather)
    allowed = ChildLimits(limits.memory_bytes, limits.file_bytes, sandbox)
    if needs_expansion:
        on_progress(Progress(0, "Expanding HVAC templates"))
        ended = _expand(launcher, engine, model, allowed, watch)
        if ended is not None:
            return _concluded(ended, directory / EXPANSION / OUTPUT, directory, watch, started)
    argv = [str(engine.executable), "-w", str(weather), "-d", str(directory), str(model)]
    output = directory / OUTPUT
    reader = ProgressReader(output, environments)
    child = launcher.spawn(argv, directory, output, allowed, ended=watch.rearm(), variables=variables)
    ended = watch.until_end(child, lambda: on_progress(reader.read()))
    return _concluded(ended, output, directory, watch, started)


class _Watch:
    """The limits and the stop request of one execution, applied to one child after the other."""

    def __init__(self, limits: Limits, stop: StopSignal, started: float, directory: Path) -> None:
        self._limits = limits
        self._directory = directory
        self._stop = stop
        self._started = started
        self.stopped: Stop | None = None
        self.timed_out = False
        self.overuse = ""

    def rearm(self) -> threading.Event:
        """The event to wait on for the next child; a request that has come already is seen without it."""
        self._stop.wake.clear()
        return self._stop.wake

    def until_end(self, child: Child, poll: Callable[[], None]) -> Exit:
        """Poll until the child has ended, by itself or by a limit or a request."""
        try:
            while True:
                self._enforce(child)
                self._stop.wake.wait(POLL_SECONDS)
                if (ended := child.exit) is not None:
                    # What it wrote since the last look will be read and stored.
                    self.overuse = self.overuse or excess(self._directory, self._limits.scratch_bytes)
                    return ended
                if self._stop.requested is not None:
                    self._stop.wake.clear()
                poll()
        except BaseException:
            # Whatever it was, nobody looks after the child from here on.
            child.signal(signal.SIGKILL)
            raise

    def _enforce(self, child: Child) -> None:
        elapsed = monotonic() - self._started
        if self._stop.requested is not None:
            self.stopped = self._stop.requested
            child.signal(signal.SIGKILL)
        elif self.overuse or (found := overuse(self._directory, child.pid, self._limits.scratch_bytes)):
            self.overuse = self.overuse or found
            child.signal(signal.SIGKILL)
        elif elapsed >= self._limits.hard_seconds:
            self.timed_out = True
            child.signal(signal.SIGKILL)
        elif elapsed >= self._limits.soft_seconds and not self.timed_out:
            self.timed_out = True
            child.signal(signal.SIGTERM)


def _concluded(ended: Exit, output: Path, directory: Path, watch: _Watch, started: float) -> Execution:
    seconds = monotonic() - started
    if watch.stopped is not None:
        return Execution(None, watch.stopped, ended, seconds)
    if watch.overuse:
        return Execution(Verdict.CRASHED, None, replace(ended, cause=watch.overuse), seconds, watch.overuse)
    if shutil.disk_usage(directory).free < SPACE_BYTES:
        raise OSError(errno.ENOSPC, "no space was left for the engine's files", str(directory))
    verdict = classify(ended.code, read_statement(directory / "eplusout.err"), timed_out=watch.timed_out)
    if verdict is Verdict.CRASHED:
        ended = replace(ended, cause=ended.cause or explain(ended.code, ended.signal, _last_words(output)))
    return Execution(verdict, None, ended, seconds)


def _last_words(output: Path) -> bytes:
    return read_ends(output, 0, LAST_BYTES)[1]


def _expand(launcher: Launcher, engine: Engine, model: Path, allowed: ChildLimits, watch: _Watch) -> Exit | None:
    """Replace `model` by what ExpandObjects makes of it; how that ended when it made nothing."""
    room = model.parent / EXPANSION
    room.mkdir()
    (room / "Energy+.idd").symlink_to(engine.directory / "Energy+.idd")
    shutil.copyfile(model, room / "in.idf")
    program = [str(engine.directory / "ExpandObjects")]
    child = launcher.spawn(program, room, room / OUTPUT, allowed, ended=watch.rearm())
    ended = watch.until_end(child, lambda: None)
    expanded = room / "expanded.idf"
    if watch.stopped is not None or watch.timed_out or watch.overuse or ended.code != 0:
        return ended
    if not is_plain(expanded):
        return replace(ended, cause="ExpandObjects wrote no model")
    shutil.copyfile(expanded, model)
    return None
