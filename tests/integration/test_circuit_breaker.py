"""The circuit breaker opens after too many failures, and no run starts until its user releases the simulation."""

import pytest

from scheduler_service.breakers import CircuitBreakers
from shared.enums import Outcome
from shared.state.finish import fail_attempt, give_back
from shared.state.finished import AttemptKey
from shared.state.hold import Changed
from tests.integration.breaking import failing, reasons, release, submit, trip
from tests.integration.concurrency import together
from tests.integration.dispatching import DispatchPublisher, chosen, dispatch
from tests.integration.policies import LOST, POLICY
from tests.rows import FAILURE, SUCCESS, Rows

SLOTS = 3


def test_a_thousand_variants_that_fail_alike_stop_after_the_allowed_starts_and_go_on_when_released(rows: Rows) -> None:
    simulation = submit(rows, 1000, 20)
    rows.worker(concurrency=SLOTS)
    shelf = DispatchPublisher()
    running: list[AttemptKey] = []
    started = delivered = 0
    while dispatch(rows, shelf) or running or delivered < len(shelf.messages):
        # As many workers as slots: each takes the next message, and the oldest run ends.
        while len(running) < SLOTS and delivered < len(shelf.messages):
            run_id, delivered = shelf.messages[delivered], delivered + 1
            if rows.claim(run_id) is not None:
                running.append(AttemptKey(simulation, run_id, 1))
                started += 1
        if running:
            rows.finish(running.pop(0), failing(f"Severe: Zone=ZONE {started} has no surfaces"))

    assert started <= 20 + SLOTS - 1
    assert rows.simulation(simulation).ended_at is None
    CircuitBreakers(rows.database).run()
    assert reasons(rows, simulation) == {"canary": 1000 - started}
    assert chosen(rows, 10) == []

    assert release(rows, simulation) is Changed.ACCEPTED
    assert reasons(rows, simulation) == {None: 1000 - started}
    assert dispatch(rows, shelf, minimum=30) > 0
    assert rows.claim(shelf.messages[-1]) is not None


@pytest.mark.parametrize(
    ("same_cause", "texts", "is_open"),
    [
        (True, ["Severe: a", "Severe: b"], False),
        (True, ["Severe: Lights=A1, 5 W", "Severe: Lights=B2, 7.5 W"], True),
        (False, ["Severe: a", "Severe: b"], True),
    ],
    ids=["two causes", "one cause, other names and numbers", "any cause"],
)
def test_only_failures_of_one_cause_count_unless_any_may(
    rows: Rows, same_cause: bool, texts: list[str], is_open: bool
) -> None:
    simulation = submit(rows, 3, 2, same_cause=same_cause)

    for run, text in zip(rows.runs(simulation), texts, strict=False):
        rows.finish(rows.start(run), failing(text))

    stored = rows.simulation(simulation)
    assert (stored.breaker_opened_at is not None) is is_open
    assert rows.events(simulation, "simulation.breaker_opened") == is_open
    if is_open:
        assert stored.breaker_cause == {
            "failures": 2,
            "same_cause": same_cause,
            "code": "fatal",
            "message": texts[-1],
            "run_id": str(rows.runs(simulation)[1]),
        }


def test_successes_and_lost_attempts_do_not_count(rows: Rows) -> None:
    simulation = submit(rows, 4, 1)
    first, second, third, _ = rows.runs(simulation)
    rows.finish(rows.start(first), SUCCESS)
    for run, end in ((second, fail_attempt), (third, None)):
        key = rows.start(run)
        with rows.database.transaction() as connection:
            assert end(connection, key, LOST, POLICY) if end else give_back(connection, key, POLICY)

    assert rows.simulation(simulation).breaker_opened_at is None


def test_other_simulations_and_those_without_a_rule_go_on(rows: Rows) -> None:
    trip(rows)
    other, without = submit(rows, 3, 2), rows.submit(3)
    for run in rows.runs(without)[:2]:
        rows.finish(rows.start(run), FAILURE)
    rows.finish(rows.start(rows.runs(other)[0]), FAILURE)

    CircuitBreakers(rows.database).run()

    assert rows.simulation(without).breaker_opened_at is None
    assert set(chosen(rows, 10)) == {*rows.runs(other)[1:], *rows.runs(without)[2:]}


def test_the_last_run_of_a_simulation_ends_it_and_opens_nothing(rows: Rows) -> None:
    simulation = submit(rows, 2, 2)
    for run in rows.runs(simulation):
        rows.finish(rows.start(run), FAILURE)

    stored = rows.simulation(simulation)
    assert (stored.status, stored.breaker_opened_at) == ("failed", None)


def test_failures_that_end_at_once_open_it_once(rows: Rows) -> None:
    for _ in range(5):
        simulation = submit(rows, 6, 3)
        runs = rows.runs(simulation)
        keys = [rows.start(run) for run in runs[:4]]

        ended = together(*(lambda k=key: rows.finish(k, FAILURE) for key in keys))

        assert ended == [Outcome.FAILED] * 4
        assert rows.events(simulation, "simulation.breaker_opened") == 1
        assert rows.simulation(simulation).breaker_cause["failures"] == 3
        assert rows.claim(runs[5]) is None


def test_followers_get_the_opening_as_a_change_of_the_simulation(rows: Rows) -> None:
    simulation = submit(rows, 3, 2)
    first, second, _ = rows.runs(simulation)
    rows.finish(rows.start(first), FAILURE)
    before = rows.simulation(simulation).revision

    rows.finish(rows.start(second), FAILURE)

    assert rows.simulation(simulation).revision > before
