"""What an open circuit breaker holds: published runs, those that come back, also when a process is killed meanwhile."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select

from scheduler_service.breakers import CircuitBreakers
from shared import metrics
from shared.db.tables import FailureCause, Run
from shared.enums import Outcome
from shared.state import breaker, chunks, held_runs, writer
from shared.state.breaker import hold_rest, to_hold
from shared.state.cancel import cancel_simulation, withdraw_others
from shared.state.finish import fail_attempt, give_back
from shared.state.held_runs import let_go
from shared.state.hold import Changed, hold_simulation
from shared.state.retry import Retried, retry_failed
from tests.integration.breaking import reasons, release, submit, trip
from tests.integration.dispatching import DispatchPublisher, chosen, dispatch
from tests.integration.policies import LOST, POLICY
from tests.rows import FAILURE, SUCCESS, Rows


def test_no_published_run_starts_once_it_is_open_and_it_is_sent_again_after_the_release(rows: Rows) -> None:
    simulation = submit(rows, 8, 2)
    runs = rows.runs(simulation)
    shelf = DispatchPublisher()
    dispatch(rows, shelf, minimum=6)
    alive = rows.start(runs[2])
    for run in runs[:2]:
        rows.finish(rows.start(run), FAILURE)

    # The scheduler has held nothing yet. The fourth run's message is consumed, the others' are still there.
    assert rows.claim(runs[3]) is None
    assert dispatch(rows, shelf, minimum=6) == 0
    assert release(rows, simulation) is Changed.ACCEPTED
    assert dispatch(rows, shelf, minimum=6) == 3
    assert shelf.messages[6:] == [runs[3], *runs[6:]]
    assert rows.finish(alive, SUCCESS) is Outcome.SUCCEEDED


def test_a_process_killed_between_opening_and_holding_lets_nothing_start_and_the_next_pass_completes(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)
    simulation, runs = trip(rows, 9)
    held: list[object] = []

    def killed(*args: object) -> None:
        if held:
            raise InterruptedError
        held.append(args)
        original(*args)

    original: Callable[..., None] = held_runs.hold_runs
    monkeypatch.setattr(breaker, "hold_runs", killed)
    with pytest.raises(InterruptedError):
        hold_rest(rows.database, simulation)
    monkeypatch.setattr(breaker, "hold_runs", original)

    assert chosen(rows, 10) == []
    assert [rows.claim(run) for run in runs[2:]] == [None] * 7
    before = metrics.breakers_opened._value.get()
    for _ in range(2):
        CircuitBreakers(rows.database).run()
    assert reasons(rows, simulation) == {"canary": 7}
    assert metrics.breakers_opened._value.get() == before + 1
    with rows.database.transaction() as connection:
        assert to_hold(connection) == []


@pytest.mark.parametrize("reopened", [False, True], ids=["goes on", "fails again"])
def test_a_release_during_the_holding_wins(rows: Rows, monkeypatch: pytest.MonkeyPatch, reopened: bool) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)
    simulation, runs = trip(rows, 8)
    original: Callable[..., None] = held_runs.hold_runs
    chunk: list[int] = []

    def count_chunks(*args: object) -> None:
        chunk.append(len(chunk))
        original(*args)

    monkeypatch.setattr(breaker, "hold_runs", count_chunks)
    monkeypatch.setattr(
        breaker,
        "lock_simulation",
        lambda connection, number: _released(rows, connection, number, chunk, runs[2:4] if reopened else []),
    )

    assert not hold_rest(rows.database, simulation)
    monkeypatch.setattr(breaker, "lock_simulation", writer.lock_simulation)
    CircuitBreakers(rows.database).run()

    assert reasons(rows, simulation) == ({"canary": 4} if reopened else {None: 6})


def _released(rows: Rows, connection: Connection, simulation: UUID, chunk: list[int], failing: list[UUID]) -> object:
    """Releases the simulation before the third chunk is locked, and has these runs fail."""
    if len(chunk) == 2:
        chunk.clear()
        release(rows, simulation)
        for run in failing:
            rows.finish(rows.start(run), FAILURE)
    return writer.lock_simulation(connection, simulation)


def test_what_comes_back_into_the_queue_is_held_too_and_a_release_begins_to_count_anew(rows: Rows) -> None:
    simulation = submit(rows, 8, 2)
    runs = rows.runs(simulation)
    lost, drained = rows.start(runs[6]), rows.start(runs[7])
    for run in runs[:2]:
        rows.finish(rows.start(run), FAILURE)
    with rows.database.transaction() as connection:
        assert fail_attempt(connection, lost, LOST, POLICY)
    CircuitBreakers(rows.database).run()
    with rows.database.transaction() as connection:
        assert give_back(connection, drained, POLICY)
    assert reasons(rows, simulation) == {"canary": 6}

    assert release(rows, simulation) is Changed.ACCEPTED
    rows.finish(rows.start(runs[2]), FAILURE)
    assert rows.simulation(simulation).breaker_opened_at is None
    rows.finish(rows.start(runs[3]), FAILURE)
    assert rows.simulation(simulation).breaker_opened_at is not None
    assert rows.events(simulation, "simulation.breaker_opened") == 2


def test_a_run_that_is_free_afterwards_is_refused_once_and_then_held_too(rows: Rows) -> None:
    simulation, runs = trip(rows)
    CircuitBreakers(rows.database).run()
    with rows.database.transaction() as connection:
        # As a worker of a version without breakers puts a run back.
        let_go(connection, Run.id == runs[2])
    shelf = DispatchPublisher()
    assert dispatch(rows, shelf) == 1

    assert rows.claim(runs[2]) is None
    assert dispatch(rows, shelf) == 0
    CircuitBreakers(rows.database).run()

    assert reasons(rows, simulation) == {"canary": 4}
    # A late message of a held run is no reason to hold the others again.
    assert rows.claim(runs[3]) is None
    with rows.database.transaction() as connection:
        assert to_hold(connection) == []


def test_a_user_may_hold_it_as_well_and_a_release_ends_both(rows: Rows) -> None:
    simulation, runs = trip(rows)
    with rows.database.transaction() as connection:
        assert hold_simulation(connection, simulation) is Changed.ACCEPTED
    CircuitBreakers(rows.database).run()
    assert rows.simulation(simulation).held_at is not None

    release(rows, simulation)

    assert reasons(rows, simulation) == {None: 4}
    assert rows.claim(runs[2]) is not None


def test_it_can_be_cancelled_and_a_retry_begins_to_count_anew(rows: Rows) -> None:
    for held in (False, True):
        simulation, runs = trip(rows)
        if held:
            CircuitBreakers(rows.database).run()
        with rows.database.transaction() as connection:
            cancel_simulation(connection, simulation)
        withdraw_others(rows.database, simulation)
        assert rows.simulation(simulation).ended_at is not None
        CircuitBreakers(rows.database).run()

        with rows.database.transaction() as connection:
            assert retry_failed(connection, simulation) is Retried.ACCEPTED
            assert connection.scalar(select(func.count()).where(FailureCause.simulation_id == simulation)) == 0
        assert rows.simulation(simulation).breaker_opened_at is None
        rows.finish(rows.start(runs[0]), FAILURE)
        assert rows.claim(runs[1]) is not None
