"""Starting the engine to see whether it starts: as for a run, confined by the launcher, or on its own."""

import signal
import subprocess
from pathlib import Path

from shared.confinement.launcher import ChildLimits, Launcher
from shared.energyplus.installation import Engine, EngineError

OUTPUT = "version.out"
PROBE_SECONDS = 60


def rehearse(launcher: Launcher, engine: Engine, directory: Path, limits: ChildLimits) -> str:
    """What the engine says of its version, asked in `directory`, which the sandbox among `limits` must know.

    Raises EngineError, ConfinementError, and OSError when the directory cannot be read.
    """
    output = directory / OUTPUT
    child = launcher.spawn([str(engine.executable), "--version"], directory, output, limits)
    ended = child.wait(PROBE_SECONDS)
    if ended is None:
        child.signal(signal.SIGKILL)
        raise EngineError(f"EnergyPlus {engine.version} does not start: it said nothing for {PROBE_SECONDS} s")
    return recognise(engine, str(ended.code if ended.code is not None else ended), output.read_text(errors="replace"))


def probe(engine: Engine) -> str:
    """What the executable says of its version. Raises EngineError when it does not start."""
    try:
        done = subprocess.run(
            [engine.executable, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"EnergyPlus {engine.version} does not start: {error}") from error
    return recognise(engine, str(done.returncode), done.stdout, done.stderr)


def recognise(engine: Engine, ended: str, said: str, complained: str = "") -> str:
    """What the engine said of its version. Raises EngineError when it `ended` badly or said something else."""
    if ended != "0" or engine.version not in said:
        raise EngineError(
            f"EnergyPlus {engine.version} does not start: {engine.executable} --version ended with "
            f"{ended} and said {(said + complained).strip()[:200]!r}"
        )
    return said.strip()
