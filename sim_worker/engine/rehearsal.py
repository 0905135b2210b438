"""Check that the engine starts, with `--version`: confined by the launcher as for a run, or as a plain subprocess."""

import signal
import subprocess
from pathlib import Path

from shared.confinement.child import ChildLimits
from shared.confinement.launcher import Launcher
from shared.energyplus.installation import Engine, EngineError

OUTPUT = "version.out"
PROBE_SECONDS = 60


def rehearse(launcher: Launcher, engine: Engine, directory: Path, limits: ChildLimits) -> str:
    """Start the engine with the launcher in `directory`, to which the sandbox in `limits` must give access.

    Returns the engine's version text. Raises EngineError, ConfinementError, and OSError when the output cannot be read.
    """
    output = directory / OUTPUT
    child = launcher.spawn([str(engine.executable), "--version"], directory, output, limits)
    ended = child.wait(PROBE_SECONDS)
    if ended is None:
        child.signal(signal.SIGKILL)
        raise EngineError(f"EnergyPlus {engine.version} does not start: it said nothing for {PROBE_SECONDS} s")
    return recognise(engine, str(ended.code if ended.code is not None else ended), output.read_text(errors="replace"))


def probe(engine: Engine) -> str:
    """Start the engine as a plain subprocess; returns its version text. Raises EngineError when it does not start."""
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
    """The version text in the engine's output `said`.

    Raises EngineError when the exit status `ended` is not "0" or `said` does not contain the engine's version.
    """
    if ended != "0" or engine.version not in said:
        raise EngineError(
            f"EnergyPlus {engine.version} does not start: {engine.executable} --version ended with "
            f"{ended} and said {(said + complained).strip()[:200]!r}"
        )
    return said.strip()
