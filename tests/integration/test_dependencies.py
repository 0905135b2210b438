"""Simulations that depend on another one: when they start, when they are cancelled, and what a kill leaves behind."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete

from scheduler_service.breakers import CircuitBreakers
from scheduler_service.cancellations import Cancellations
from scheduler_service.dependants import Dependants
from shared.db.tables import Simulation
from shared.spec import DependencySpec, StopSpec, StudySpec
from shared.state import cancel, chunks, copied_runs, dependency, writer
from shared.state.backlog import wrong_counters
from shared.state.cancel import cancel_run, cancel_simulation
from shared.state.dependency import settle, settled
from shared.state.hold import hold_simulation, release_simulation
from shared.state.ledger import discrepancies
from shared.state.retry import Retried, retry_failed
from tests.integration.breaking import reasons, release
from tests.integration.dispatching import chosen
from tests.rows import FAILURE, SUCCESS, Rows

CHUNK = 2


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (chunks, cancel, copied_runs):
        monkeypatch.setattr(module, "CHUNK", CHUNK)


def submit(rows: Rows, waits_for: UUID, when: str = "success", runs: int = 1, stop: StopSpec | None = None) -> UUID:
    spec = StudySpec(depends_on=DependencySpec(str(waits_for), when), stop_after_failures=stop)
    return rows.submit_new(replace(rows.new_simulation(runs), spec=spec, waits_for=waits_for))


def end(rows: Rows, simulation: UUID, *finished: object) -> None:
    for run, outcome in zip(rows.runs(simulation), finished, strict=True):
        rows.finish(rows.start(run), outcome)  # type: ignore[arg-type]


def consistent(rows: Rows) -> None:
    with rows.database.transaction() as connection:
        assert (discrepancies(connection), wrong_counters(connection)) == ({}, {})


@pytest.mark.usefixtures("small_chunks")
def test_runs_wait_until_the_other_simulation_has_succeeded(rows: Rows) -> None:
    first = rows.submit(2)
    second = submit(rows, first, runs=5)
    Dependants(rows.database).run()
    assert reasons(rows, second) == {"dependency": 5}
    assert set(chosen(rows, 20)) == set(rows.runs(first))
    assert rows.claim(rows.runs(second)[0]) is None

    end(rows, first, SUCCESS, SUCCESS)
    Dependants(rows.database).run()

    assert reasons(rows, second) == {None: 5}
    assert chosen(rows, 20) == rows.runs(second)
    assert rows.simulation(second).waits_for is None
    assert rows.events(second, "simulation.dependency_met") == 1
    consistent(rows)
    # What becomes of the other simulation now is of no consequence.
    Dependants(rows.database).run()
    assert rows.claim(rows.runs(second)[0]) is not None


@pytest.mark.usefixtures("small_chunks")
def test_all_runs_are_cancelled_with_the_reason_when_the_other_simulation_has_not_succeeded(rows: Rows) -> None:
    first = rows.submit(2)
    second = submit(rows, first, runs=5)
    end(rows, first, SUCCESS, FAILURE)

    Dependants(rows.database).run()

    said = f"Simulation {first}, which had to succeed first, has ended with 1 of its 2 runs succeeded"
    runs = [rows.run(run) for run in rows.runs(second)]
    assert {(run.status, run.error_code, run.error_message) for run in runs} == {
        ("cancelled", "dependency_failed", said)
    }
    simulation = rows.simulation(second)
    assert (simulation.status, simulation.dependency_error, simulation.waits_for) == ("cancelled", said, None)
    assert simulation.ended_at is not None
    consistent(rows)


@pytest.mark.parametrize("outcome", [SUCCESS, FAILURE, None], ids=["succeeded", "failed", "cancelled"])
def test_with_end_it_is_enough_that_the_other_simulation_has_ended(rows: Rows, outcome: object) -> None:
    first = rows.submit()
    second = submit(rows, first, "end")
    if outcome is None:
        with rows.database.transaction() as connection:
            cancel_simulation(connection, first)
    else:
        end(rows, first, outcome)

    Dependants(rows.database).run()

    assert rows.claim(rows.runs(second)[0]) is not None


def test_a_chain_goes_on_one_by_one_and_its_rest_is_cancelled_with_one_of_it(rows: Rows) -> None:
    first = rows.submit()
    second = submit(rows, first)
    third = submit(rows, second)
    fourth = submit(rows, third)
    end(rows, first, SUCCESS)
    Dependants(rows.database).run()
    assert chosen(rows, 20) == rows.runs(second)
    end(rows, second, FAILURE)

    for _ in range(2):
        Dependants(rows.database).run()

    assert [rows.simulation(number).status for number in (second, third, fourth)] == [
        "failed",
        "cancelled",
        "cancelled",
    ]
    assert str(third) in rows.simulation(fourth).dependency_error


def test_a_waiting_simulation_can_be_cancelled_whole_or_run_by_run(rows: Rows) -> None:
    first = rows.submit()
    whole, single = submit(rows, first, runs=2), submit(rows, first)
    with rows.database.transaction() as connection:
        cancel_simulation(connection, whole)
        cancel_run(connection, rows.runs(single)[0])
    end(rows, first, FAILURE)

    Dependants(rows.database).run()

    for simulation in (whole, single):
        assert rows.simulation(simulation).ended_at is not None
        assert {rows.run(run).error_code for run in rows.runs(simulation)} == {None}


def test_a_user_may_hold_it_and_a_release_does_not_start_it_early(rows: Rows) -> None:
    first = rows.submit()
    held, released = submit(rows, first, runs=2), submit(rows, first, runs=2)
    with rows.database.transaction() as connection:
        hold_simulation(connection, held)
        hold_simulation(connection, released)
        release_simulation(connection, released)
    assert reasons(rows, held) == reasons(rows, released) == {"dependency": 2}
    end(rows, first, SUCCESS)

    Dependants(rows.database).run()

    assert (reasons(rows, held), reasons(rows, released)) == ({"user": 2}, {None: 2})


def test_a_retry_of_the_other_simulation_before_the_pass_is_waited_for_and_after_it_is_not(rows: Rows) -> None:
    first = rows.submit()
    second = submit(rows, first)
    end(rows, first, FAILURE)
    with rows.database.transaction() as connection:
        # The pass has read that it has ended, and the retry comes first.
        assert settled(connection) == [second]
    retry(rows, first)
    settle(rows.database, second)
    assert reasons(rows, second) == {"dependency": 1}

    end(rows, first, SUCCESS)
    Dependants(rows.database).run()
    assert rows.claim(rows.runs(second)[0]) is not None


@pytest.mark.usefixtures("small_chunks")
def test_a_retry_between_two_chunks_of_the_release_changes_nothing(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rows.submit(2)
    second = submit(rows, first, "end", runs=3 * CHUNK)
    end(rows, first, SUCCESS, FAILURE)
    with monkeypatch.context() as patch:
        kill_at(patch, 2)
        with pytest.raises(InterruptedError):
            settle(rows.database, second)
    assert reasons(rows, second) == {None: CHUNK, "dependency": 2 * CHUNK}
    retry(rows, first)

    Dependants(rows.database).run()

    assert reasons(rows, second) == {None: 3 * CHUNK}


@pytest.mark.usefixtures("small_chunks")
def test_a_breaker_that_opens_between_two_chunks_holds_the_others(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rows.submit()
    second = submit(rows, first, runs=3 * CHUNK, stop=StopSpec(1))
    end(rows, first, SUCCESS)
    with monkeypatch.context() as patch:
        kill_at(patch, 2)
        with pytest.raises(InterruptedError):
            settle(rows.database, second)
    rows.finish(rows.start(rows.runs(second)[0]), FAILURE)
    CircuitBreakers(rows.database).run()
    assert reasons(rows, second) == {"canary": CHUNK - 1, "dependency": 2 * CHUNK}

    Dependants(rows.database).run()

    assert reasons(rows, second) == {"canary": 3 * CHUNK - 1}
    release(rows, second)
    assert reasons(rows, second) == {None: 3 * CHUNK - 1}


def retry(rows: Rows, simulation: UUID) -> None:
    with rows.database.transaction() as connection:
        assert retry_failed(connection, simulation) is Retried.ACCEPTED


@pytest.mark.parametrize(("when", "status"), [("success", "cancelled"), ("end", "queued")])
def test_nothing_waits_for_ever_for_a_simulation_whose_rows_are_gone(rows: Rows, when: str, status: str) -> None:
    first = rows.submit()
    second = submit(rows, first, when)
    with rows.database.transaction() as connection:
        connection.execute(delete(Simulation).where(Simulation.id == first))

    Dependants(rows.database).run()

    assert [rows.run(run).status for run in rows.runs(second)] == [status]
    assert rows.simulation(second).waits_for is None


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("outcome", [SUCCESS, FAILURE], ids=["released", "cancelled"])
def test_a_pass_that_is_killed_at_any_step_is_completed_by_the_next(
    rows: Rows, monkeypatch: pytest.MonkeyPatch, outcome: object
) -> None:
    for step in range(1, 5):
        first = rows.submit()
        second = submit(rows, first, runs=3 * CHUNK)
        end(rows, first, outcome)
        with monkeypatch.context() as patch:
            kill_at(patch, step)
            with pytest.raises(InterruptedError):
                settle(rows.database, second)
        consistent(rows)

        Dependants(rows.database).run()
        Cancellations(rows.database).run()

        assert rows.simulation(second).waits_for is None
        if outcome is SUCCESS:
            assert reasons(rows, second) == {None: 3 * CHUNK}
        else:
            codes = {(rows.run(run).status, rows.run(run).error_code) for run in rows.runs(second)}
            assert codes == {("cancelled", "dependency_failed")}


def kill_at(patch: pytest.MonkeyPatch, step: int) -> None:
    """Has the next transactions fail when they lock a simulation, after `step` that do not."""
    locked: list[UUID] = []

    def lock(connection: Connection, simulation_id: UUID) -> object:
        if len(locked) == step:
            raise InterruptedError
        locked.append(simulation_id)
        return writer.lock_simulation(connection, simulation_id)

    for module in (dependency, cancel):
        patch.setattr(module, "lock_simulation", lock)
