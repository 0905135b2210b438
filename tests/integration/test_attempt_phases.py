"""An attempt from its claim to its end: stopped in each phase, what is stored of it, and whose fault a failure is."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from shared.confinement.child import Child
from shared.confinement.launcher import Launcher
from shared.db.tables import Attempt
from tests.integration.attempting import Attempting
from tests.rows import MODEL

pytestmark = pytest.mark.integration


@pytest.fixture
def children(
    attempting: Attempting, helpers: Launcher, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> list[Child]:
    """The children of the attempt, which is requested to stop as soon as that of the test's phase has started."""
    children: list[Child] = []

    def stopping(spawn: Callable[..., Child], name: str) -> Callable[..., Child]:
        def spawned(*given: Any, **named: Any) -> Child:
            children.append(spawn(*given, **named))
            if request.node.callspec.params["phase"] == (given[0] if name == "job" else name):
                attempting.cancel()
            return children[-1]

        return spawned

    monkeypatch.setattr(helpers, "spawn_job", stopping(helpers.spawn_job, "job"))
    monkeypatch.setattr(helpers, "spawn", stopping(helpers.spawn, "engine"))
    return children


@pytest.mark.parametrize(("phase", "started"), [("fetch", 0), ("prepare", 1), ("engine", 2), ("read", 3), ("store", 3)])
def test_a_request_to_stop_ends_an_attempt_in_each_phase(
    phase: str, started: int, attempting: Attempting, children: list[Child]
) -> None:
    released = threading.Event()

    def hang(transfer: str) -> None:
        if transfer == phase:
            attempting.cancel()
            released.wait()

    attempting.storage.before = hang

    run = attempting.carry_out("sleep 1000" if phase == "engine" else attempting.succeed)

    assert run.status == "cancelled"
    assert len(children) == started
    assert all(child.exit is not None for child in children)
    assert attempting.files(run.id) == {}
    released.set()


def test_what_is_stored_is_the_preparations_and_the_engines_own(attempting: Attempting) -> None:
    harm = "echo changed > in.idf; ln -s /etc/passwd changes.json; ln -s /etc/passwd eplustbl.htm; "

    run = attempting.carry_out(harm + attempting.succeed)

    files = attempting.files(run.id)
    assert run.status == "succeeded"
    assert set(files) == {"prepared.idf", "changes.json", "eplusout.err"}
    assert b"Version" in files["prepared.idf"]
    assert "Output:SQLite: SimpleAndTabular with tables in kWh" in json.loads(files["changes.json"])


def test_a_success_is_kept_with_what_of_its_model_takes_time_and_a_failure_is_not(attempting: Attempting) -> None:
    ended = [attempting.carry_out(script).id for script in (attempting.succeed, "exit 1")]

    with attempting.rows.database.transaction() as connection:
        rows = connection.execute(select(Attempt.run_id, Attempt.model_sha256, Attempt.features)).all()
    kept = {row.run_id: (row.model_sha256, row.features) for row in rows}
    sha256, features = kept[ended[0]]
    assert sha256 == MODEL
    assert (features["zones"], features["surfaces"], features["steps_per_hour"]) == (5, 30, 4)
    assert kept[ended[1]] == (None, None)


def test_no_directory_of_the_worker_reaches_users(attempting: Attempting) -> None:
    say = 'echo "   ** Severe  ** no $PWD/a.csv in $PWD, $0" > eplusout.err; kill -SEGV $$'

    run = attempting.carry_out(say)

    said = "no a.csv in ., EnergyPlus/energyplus"
    assert attempting.messages(run.id) == [said]
    assert attempting.files(run.id)["eplusout.err"].decode().endswith(f"{said}\n")
    with attempting.rows.database.transaction() as connection:
        rows = [dict(row) for row in connection.execute(select(Attempt)).mappings()]
    everything = json.dumps([dict(run._mapping), *rows, str(attempting.files(run.id))], default=str)
    assert said in run.error_message
    assert str(attempting.root) not in everything


def test_results_that_do_not_fit_are_a_failure_that_says_why(attempting: Attempting) -> None:
    warn = "echo '   ** Warning ** mind' > eplusout.err; "

    run = attempting.carry_out(warn + attempting.succeed.replace("> eplusout", ">> eplusout"), owner_bytes=100)

    assert (run.status, run.verdict, run.error_code) == ("failed", None, "stored_bytes")
    assert "2 are stored for you, and 100 are allowed; delete simulations" in run.error_message
    assert attempting.messages(run.id) == ["mind"]
    assert attempting.files(run.id) == {}


def test_a_failure_whose_files_do_not_fit_stays_what_it_is(attempting: Attempting) -> None:
    fail = "echo '   **  Fatal  ** no zone' > eplusout.err; exit 1"

    run = attempting.carry_out(fail, owner_bytes=100)

    assert (run.status, run.error_code) == ("failed", "fatal")
    said = attempting.messages(run.id)
    assert said[0] == "no zone"
    assert said[1].startswith("EPSM: The run's files have ")


def test_a_run_of_an_owner_without_room_is_not_executed(attempting: Attempting) -> None:
    run = attempting.carry_out(f"touch {attempting.root}/executed", owner_bytes=1)

    assert (run.status, run.error_code) == ("failed", "stored_bytes")
    assert run.error_message.startswith("2 bytes are stored for you, more than the 1 that are allowed")
    assert not (attempting.root / "executed").exists()


def test_results_that_cannot_be_read_are_the_models_and_cause_one_self_test(attempting: Attempting) -> None:
    unreadable = attempting.succeed + "; echo damaged > eplusout.sql"

    runs = [attempting.carry_out(unreadable) for _ in range(3)]

    assert {(run.status, run.error_code, run.attempt) for run in runs} == {("failed", "results_unreadable", 1)}
    assert attempting.self_tests == 1
    assert {"eplusout.err", "prepared.idf"} < set(attempting.files(runs[0].id))
