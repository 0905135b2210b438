"""Shell scripts in place of engines, under supervision."""

from collections.abc import Callable
from pathlib import Path

from shared.energyplus.installation import Engine
from sim_worker.engine.supervise import Execution
from sim_worker.engine.watch import Limits

COMPLETED = "EnergyPlus Completed Successfully-- 0 Warning; 0 Severe Errors; Elapsed Time=00hr 00min  0.01sec"


SUCCEED = f"echo '   ************* {COMPLETED}' > eplusout.err"


NO_LIMIT = Limits(1000, 1000)


LIMITS = Limits(soft_seconds=100, hard_seconds=200)


Run = Callable[..., Execution]


def work(tmp_path: Path) -> Path:
    directory = tmp_path / "work"
    directory.mkdir(exist_ok=True)
    (directory / "in.idf").write_text("as authored")
    return directory


def install(directory: Path, script: str, expand: str | None) -> Engine:
    directory.mkdir()
    (directory / "Energy+.idd").write_text("!IDD_Version 25.2.0\n")
    for name, text in (("energyplus", script), ("ExpandObjects", expand or "exit 9")):
        (directory / name).write_text(f"#!/bin/sh\n{text}\n")
        (directory / name).chmod(0o700)
    return Engine("25.2.0", "none", directory / "energyplus", directory, None)
