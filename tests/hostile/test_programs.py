"""Programs in EnergyPlus's place, in the real sandbox under the real launcher and supervisor."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.confinement.launcher import Launcher
from shared.energyplus.results.messages import read_messages
from shared.energyplus.results.reading import ResultError, read_results
from shared.energyplus.verdict import Verdict
from shared.removal import remove_tree
from sim_worker.engine.watch import Limits
from tests.hostile.engine import Workspace, canary_is_intact, execute, fake_engine, make_workspace, sandbox
from tests.hostile.programs import DENIED, HARMLESS, PROGRAMS, SUCCEED

MEMORY, FILE, SCRATCH = 4 << 30, 8 << 20, 20_000_000
#: What docs/security.md states for a disk of 2 GB/s.
OVERSHOOT = 1 << 30


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Launcher]:
    monkeypatch.setenv("EPSM_DATABASE_URL", "postgresql://epsm:secret@db/epsm")
    launcher = Launcher()
    yield launcher
    launcher.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


@pytest.fixture
def port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", PROGRAMS)
def test_it_is_contained(what: str, launcher: Launcher, workspace: Workspace, port: int) -> None:
    program = PROGRAMS[what]
    text = program.text.format(canary=str(workspace.canary), worker=os.getpid(), port=port)
    engine = fake_engine(workspace.root, f"{DENIED}\n{text}\n{SUCCEED if program.cause == HARMLESS else ''}")
    limits = Limits(20, 21, MEMORY, FILE, SCRATCH, sandbox(engine))
    if program.cause == "timed_out":
        limits = Limits(0.5, 1.0, MEMORY, FILE, SCRATCH, sandbox(engine))

    execution = execute(launcher, workspace, limits, engine)

    printed = workspace.work / "energyplus.out"
    said = printed.read_text(errors="replace")[-2000:] if printed.is_file() else ""
    assert re.search(program.cause, f"{execution.verdict} {execution.exit}"), f"{execution}\n{said}"
    assert (execution.verdict is Verdict.SUCCESS) == (program.cause == HARMLESS), said
    assert not execution.killed_from_outside
    with pytest.raises(ResultError):
        read_results(workspace.work, engine_seconds=1.0)
    assert len(read_messages(workspace.work / "eplusout.err").messages) == 0
    remove_tree(workspace.work)
    assert not workspace.work.exists()
    workspace.work.mkdir()
    assert canary_is_intact(workspace)


@pytest.mark.parametrize("what", ["reads", "writes", "connects", "signals", "leaves traps", "forks"])
def test_unconfined_it_would_not_be(what: str, launcher: Launcher, workspace: Workspace, port: int) -> None:
    text = PROGRAMS[what].text.format(canary=str(workspace.canary), worker=os.getpid(), port=port)
    engine = fake_engine(workspace.root, f"{DENIED}\n{text}\n{SUCCEED}")

    execution = execute(launcher, workspace, Limits(20, 21), engine)

    assert execution.verdict is Verdict.CRASHED
    assert "it was not denied" in (workspace.work / "energyplus.out").read_text()


def test_a_single_file_never_grows_past_what_all_files_may_take(launcher: Launcher, workspace: Workspace) -> None:
    engine = fake_engine(workspace.root, PROGRAMS["one large file"].text)

    execution = execute(launcher, workspace, Limits(20, 21, MEMORY, None, SCRATCH, sandbox(engine)), engine)

    assert execution.verdict is Verdict.CRASHED
    assert (workspace.work / "big").stat().st_size <= SCRATCH


def test_what_is_written_before_the_next_look_is_bounded(launcher: Launcher, workspace: Workspace) -> None:
    text = "import itertools\nfor n in itertools.count(): open(str(n), 'wb').write(bytes(7 << 20))"
    engine = fake_engine(workspace.root, text)

    execution = execute(launcher, workspace, Limits(20, 21, MEMORY, FILE, SCRATCH, sandbox(engine)), engine)

    assert execution.overuse == "its files grew past 20000000 bytes in all"
    written = sum(path.stat().st_blocks * 512 for path in workspace.work.iterdir())
    assert written < SCRATCH + OVERSHOOT
