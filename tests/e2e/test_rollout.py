"""A rolling upgrade under load: two versions of the code on two schemas, in every combination that a rollout has."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from deploy.local.install import POSTGRES, RABBITMQ
from deploy.local.postgres import SUPERUSER
from deploy.local.processes import Process
from deploy.local.stack import ROOT, Stack
from tests.e2e.conftest import SETTINGS, SIZING, System, make_engine
from tests.servers import need

VERSIONS = "shared/db/migrations/versions"
#: Enough runs that some are left when the last process has been replaced.
COPIES = 90
#: The two containers of the chart's pods in one command.
WAITING_WORKER = ["/bin/sh", "-c", f"{sys.executable} -m shared.db wait && exec {sys.executable} -m sim_worker"]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """The code before the newest migration."""
    newest = git("log", "--diff-filter=A", "--format=%H", "-1", "--", VERSIONS)
    before = git("rev-parse", "--verify", "--quiet", f"{newest}^") if newest else ""
    if not before:
        if os.environ.get("CI"):
            pytest.fail("this checkout has no history before its newest migration")
        pytest.skip("this checkout has no history before its newest migration")
    tree = tmp_path / "older"
    tree.mkdir()
    archive = subprocess.run(["/usr/bin/git", "archive", before], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["/usr/bin/tar", "--extract", "--directory", str(tree)], input=archive.stdout, check=True)
    return tree


@pytest.fixture
def rollout(older: Path, tmp_path: Path) -> Iterator[System]:
    """A whole stack of the older code on the older schema."""
    need(POSTGRES)
    need(RABBITMQ)
    journal = make_engine(tmp_path / "engine")
    settings = {**SETTINGS, **known_to(older, journal.settings)}
    directory = tmp_path / "local"
    environment = {**{n: v for n, v in os.environ.items() if not n.startswith("EPSM_")}, **settings}
    command = [sys.executable, "-m", "deploy.local", "up", "--directory", str(directory)]
    subprocess.run(command, cwd=older, env=environment, check=True)
    stack = Stack(directory, settings)
    try:
        yield System(stack, journal)
    finally:
        for _ in stack.down():
            pass
        stack.postgres.remove()


def test_nothing_is_lost_or_charged_while_two_versions_run_side_by_side(
    rollout: System, older: Path, tmp_path: Path
) -> None:
    stack = rollout.stack
    newer_worker, older_worker = Process("newer", tmp_path / "local"), stack.worker
    assert (working_tree(older_worker), schema(stack)) == (older, older_schema(older))
    simulation = rollout.submit(SIZING, copies=COPIES)
    try:
        # A newer worker waits, like its pod, while everything else is older.
        newer_worker.start(WAITING_WORKER, beside(rollout), ROOT)
        progress(rollout, simulation, 3)
        assert workers(rollout) == 1

        # As `make up` does, the roles are made and the schema is migrated first, while the services run; then the newer
        # worker starts and the older one stops.
        stack.postgres.start()
        stack.migrate()
        assert schema(stack) != older_schema(older)
        rollout.until(lambda: workers(rollout) == 2, "the newer worker is there")
        older_worker.stop()
        progress(rollout, simulation, 6)
        newer_worker.stop()
        older_worker.start([sys.executable, "-m", "sim_worker"], known_to(older, stack.environment()), older)
        assert working_tree(older_worker) == older
        progress(rollout, simulation, 6)

        # API and scheduler follow; the older worker is the last process of its version.
        for process, start in ((stack.api, stack.start_api), (stack.scheduler, stack.start_scheduler)):
            process.stop()
            start()
            assert working_tree(process) == ROOT
        late = rollout.submit(SIZING)
        assert rollout.ended(late)["status"] == "succeeded"
        assert rollout.ended(simulation)["counts"]["succeeded"] == COPIES
    finally:
        newer_worker.stop()

    assert rollout.call("GET", "/readyz").status_code == 200
    for run in rollout.runs(simulation):
        assert run["status"] == "succeeded"
        # A run that was given back before its engine started has one more attempt.
        assert 1 <= rollout.journal.starts(run["id"]) <= run["attempt"]
    with create_engine(stack.postgres.url()).connect() as connection:
        charged = connection.execute(text("SELECT charged, count(*) FROM runs GROUP BY charged")).all()
    assert [tuple(row) for row in charged] == [(1, COPIES + 1)]


def known_to(older: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings that the older code does not know, as it refuses them."""
    modules = [path for pattern in ("settings.py", "settings/*.py") for path in (older / "shared").glob(pattern)]
    known = "".join(path.read_text() for path in modules)
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("EPSM_") or name.removeprefix("EPSM_").lower() in known
    }


def workers(system: System) -> int:
    """Number of workers so far."""
    return len(system.get("/api/v1/workers")["items"])


def git(*arguments: str) -> str:
    """Returns the output of git; empty if it fails."""
    return subprocess.run(
        ["/usr/bin/git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


def working_tree(process: Process) -> Path:
    """The source directory of a process."""
    return Path(f"/proc/{process.pid}/cwd").resolve()


def schema(stack: Stack) -> str:
    """The current revision of the database."""
    engine = create_engine(stack.postgres.url(role=SUPERUSER))
    with engine.connect() as connection:
        revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    engine.dispose()
    return revision


def older_schema(older: Path) -> str:
    """The newest revision in the older code."""
    return max(path.name for path in (older / VERSIONS).glob("*.py")).partition("_")[0]


def beside(system: System) -> dict[str, str]:
    """The environment of a newer worker, with settings that the older code does not know."""
    return {**system.stack.environment(), **system.journal.settings, "EPSM_WORKER_PORT": "0"}


def progress(system: System, simulation: dict[str, str], more: int) -> None:
    """Waits until `more` further runs have succeeded."""
    before = system.simulation(simulation)["counts"]["succeeded"]
    system.until(lambda: system.simulation(simulation)["counts"]["succeeded"] >= before + more, f"{more} more runs end")
