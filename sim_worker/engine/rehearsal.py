"""Starting the engine as for a run, through the launcher, with limits and sandbox, to see whether it starts."""

import signal
from pathlib import Path

from shared.confinement.launcher import ChildLimits, Launcher
from shared.energyplus.installation import PROBE_SECONDS, Engine, EngineError, recognise

OUTPUT = "version.out"


def rehearse(launcher: Launcher, engine: Engine, directory: Path, limits: ChildLimits) -> str:
    """What the engine says of its version, asked in `directory`, which the sandbox among `limits` must know.

    Raises EngineError, LauncherLost, and OSError when the directory cannot be read.
    """
    output = directory / OUTPUT
    child = launcher.spawn([str(engine.executable), "--version"], directory, output, limits)
    ended = child.wait(PROBE_SECONDS)
    if ended is None:
        child.signal(signal.SIGKILL)
        raise EngineError(f"EnergyPlus {engine.version} does not start: it said nothing for {PROBE_SECONDS} s")
    return recognise(engine, str(ended.code if ended.code is not None else ended), output.read_text(errors="replace"))
