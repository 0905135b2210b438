"""Supervised execution of the engine: limits, cancellation and progress, for one run in one directory.

The limits of time depend on the clock only, never on output, because EnergyPlus can be silent for minutes.
"""

import errno
import shutil
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from shared.confinement.child import ChildLimits
from shared.confinement.exit import Exit
from shared.confinement.launcher import Launcher
from shared.energyplus.installation import EXPAND_OBJECTS, Engine
from shared.energyplus.preparation.outlook import Outlook
from shared.energyplus.results.messages import read_statement
from shared.energyplus.untrusted_file import copy_plain, is_plain, read_ends
from shared.energyplus.verdict import Verdict, classify, explain
from sim_worker.engine.progress import Progress, ProgressReader
from sim_worker.engine.watch import Limits, LimitWatch, Stop, StopSignal

OUTPUT = "energyplus.out"
EXPANSION = "expand"
#: What EnergyPlus prints first, and the bytes at the beginning of its output that are searched for it.
NAME, FIRST_BYTES = b"EnergyPlus, Version", 4096
#: Bytes at the end of the output that are searched for the cause of a crash.
LAST_BYTES = 4096
#: With less free space the disk counts as full: EnergyPlus reports success even when its files are truncated.
SPACE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Execution:
    """Outcome of a supervised execution: a verdict, or the reason why it was stopped."""

    verdict: Verdict | None
    stopped: Stop | None
    exit: Exit
    engine_seconds: float
    #: Description of the exceeded limit of files or threads when the engine was killed for it, else empty.
    overuse: str = ""
    #: Whether EnergyPlus has not even said its name, so that it may be unable to start.
    silent: bool = False
    #: Whether it was in a sandbox, where it starts no other program and cannot kill itself.
    confined: bool = False

    @property
    def killed_from_outside(self) -> bool:
        """Whether something other than the supervisor sent SIGKILL: an operator, or the kernel when out of memory."""
        # For an engine behind a shell script, the shell turns the signal into an exit code of 128 plus its number.
        by_shell = self.exit.code == 128 + signal.SIGKILL and not self.confined
        killed = self.exit.signal == signal.SIGKILL or by_shell
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
    kept: Path | None = None,
    outlook: Outlook | None = None,
    needs_expansion: bool = False,
    variables: Mapping[str, str] | None = None,
) -> Execution:
    """Execute the prepared `model` in its own directory and wait for the end.

    `kept` is where a copy of the model as EnergyPlus reads it is put, out of the reach of EnergyPlus. `outlook` is what
    to expect of the simulation, for the progress. With `needs_expansion` ExpandObjects runs
    first, under the same limits. `variables` are added to the engine's environment. Raises ConfinementError, and
    OSError when the directory's disk is full.
    """
    started = monotonic()
    directory = model.parent
    watch = LimitWatch(limits, stop, started, directory)
    sandbox = None if limits.sandbox is None else limits.sandbox.around(directory, weather)
    allowed = ChildLimits(limits.memory_bytes, limits.single_file_bytes, sandbox)
    if kept is not None:
        copy_plain(model, kept)
    if needs_expansion:
        on_progress(Progress(0, "Expanding HVAC templates"))
        ended = _expand(launcher, engine, model, allowed, watch)
        if ended is not None:
            return _concluded(ended, directory / EXPANSION / OUTPUT, directory, watch, started)
    if kept is not None and needs_expansion:
        copy_plain(model, kept)
    argv = [str(engine.executable), "-w", str(weather), "-d", str(directory), str(model)]
    output = directory / OUTPUT
    reader = ProgressReader(output, outlook or Outlook())
    begun = monotonic()
    child = launcher.spawn(argv, directory, output, allowed, ended=watch.rearm(), variables=variables)
    ended = watch.until_end(child, lambda: on_progress(reader.read(monotonic() - begun)))
    silent = NAME not in read_ends(output, FIRST_BYTES, 0)[0]
    execution = _concluded(ended, output, directory, watch, started)
    return replace(execution, silent=silent, confined=sandbox is not None)


def _concluded(ended: Exit, output: Path, directory: Path, watch: LimitWatch, started: float) -> Execution:
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


def _expand(launcher: Launcher, engine: Engine, model: Path, allowed: ChildLimits, watch: LimitWatch) -> Exit | None:
    """Replace `model` by the output of ExpandObjects; returns its exit status when it wrote no model, else None."""
    room = model.parent / EXPANSION
    room.mkdir()
    (room / "Energy+.idd").symlink_to(engine.directory / "Energy+.idd")
    copy_plain(model, room / "in.idf")
    program = [str(engine.directory / EXPAND_OBJECTS)]
    child = launcher.spawn(program, room, room / OUTPUT, allowed, ended=watch.rearm())
    ended = watch.until_end(child, lambda: None)
    expanded = room / "expanded.idf"
    if watch.stopped is not None or watch.timed_out or watch.overuse or ended.code != 0:
        return ended
    if not is_plain(expanded):
        return replace(ended, cause="ExpandObjects wrote no model")
    copy_plain(expanded, model)
    return None
