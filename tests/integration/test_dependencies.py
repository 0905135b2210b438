"""Simulations that depend on another one: when they start, and when they are cancelled."""

import pytest
from sqlalchemy import delete

from scheduler_service.cancellations import Cancellations
from scheduler_service.dependants import Dependants
from shared.db.tables import Simulation
from shared.state.cancel import cancel_run, cancel_simulation
from shared.state.dependency import decide, settled
from shared.state.finished import Finished
from shared.state.hold import hold_simulation, release_simulation
from tests.integration.breaking import reasons
from tests.integration.dispatching import chosen
from tests.integration.waiting import consistent, end, go_on, retry, submit
from tests.rows import FAILURE, SUCCESS, Rows


@pytest.mark.usefixtures("small_chunks")
def test_runs_wait_until_the_other_simulation_has_succeeded(rows: Rows) -> None:
    first = rows.submit(2)
    second = submit(rows, first, runs=5)
    Dependants(rows.database).run()
    assert reasons(rows, second) == {"dependency": 5}
    assert set(chosen(rows, 20)) == set(rows.runs(first))
    assert rows.claim(rows.runs(second)[0]) is None

    end(rows, first, SUCCESS, SUCCESS)
    go_on(rows)

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
    Cancellations(rows.database).run()

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
def test_with_end_it_is_enough_that_the_other_simulation_has_ended(rows: Rows, outcome: Finished | None) -> None:
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
    assert not decide(rows.database, second)
    assert reasons(rows, second) == {"dependency": 1}

    end(rows, first, SUCCESS)
    Dependants(rows.database).run()
    assert rows.claim(rows.runs(second)[0]) is not None


@pytest.mark.parametrize(("when", "status"), [("success", "cancelled"), ("end", "queued")])
def test_nothing_waits_for_ever_for_a_simulation_whose_rows_are_gone(rows: Rows, when: str, status: str) -> None:
    first = rows.submit()
    second = submit(rows, first, when)
    with rows.database.transaction() as connection:
        connection.execute(delete(Simulation).where(Simulation.id == first))

    Dependants(rows.database).run()

    assert [rows.run(run).status for run in rows.runs(second)] == [status]
    assert rows.simulation(second).waits_for is None
