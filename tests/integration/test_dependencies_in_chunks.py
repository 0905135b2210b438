"""The runs of a simulation that has waited go on chunk by chunk: what comes between two chunks, and kills."""

from uuid import UUID

import pytest
from sqlalchemy import Connection

from scheduler_service.breakers import CircuitBreakers
from scheduler_service.cancellations import Cancellations
from scheduler_service.dependants import Dependants
from shared.spec import StopSpec
from shared.state import cancel, dependency, writer
from shared.state.finished import Finished
from tests.integration.breaking import reasons, release
from tests.integration.waiting import CHUNK, consistent, end, go_on, retry, submit
from tests.rows import FAILURE, SUCCESS, Rows

pytestmark = pytest.mark.usefixtures("small_chunks")


def test_a_large_simulation_does_not_delay_others(rows: Rows) -> None:
    first = rows.submit()
    large = submit(rows, first, runs=3 * CHUNK)
    others = [submit(rows, first, runs=CHUNK) for _ in range(3)]
    end(rows, first, SUCCESS)

    Dependants(rows.database).run()

    assert reasons(rows, large) == {None: CHUNK, "dependency": 2 * CHUNK}
    assert [reasons(rows, other) for other in others] == [{None: CHUNK}] * 3
    assert {rows.simulation(other).waits_for for other in others} == {None}


def test_a_retry_between_two_chunks_of_the_release_changes_nothing(rows: Rows) -> None:
    first = rows.submit(2)
    second = submit(rows, first, "end", runs=3 * CHUNK)
    end(rows, first, SUCCESS, FAILURE)
    Dependants(rows.database).run()
    assert reasons(rows, second) == {None: CHUNK, "dependency": 2 * CHUNK}
    retry(rows, first)

    go_on(rows)

    assert reasons(rows, second) == {None: 3 * CHUNK}


def test_a_breaker_that_opens_between_two_chunks_holds_the_others(rows: Rows) -> None:
    first = rows.submit()
    second = submit(rows, first, runs=3 * CHUNK, stop=StopSpec(1))
    end(rows, first, SUCCESS)
    Dependants(rows.database).run()
    rows.finish(rows.start(rows.runs(second)[0]), FAILURE)
    CircuitBreakers(rows.database).run()
    assert reasons(rows, second) == {"canary": CHUNK - 1, "dependency": 2 * CHUNK}

    go_on(rows)

    assert reasons(rows, second) == {"canary": 3 * CHUNK - 1}
    release(rows, second)
    assert reasons(rows, second) == {None: 3 * CHUNK - 1}


@pytest.mark.parametrize("outcome", [SUCCESS, FAILURE], ids=["released", "cancelled"])
def test_a_pass_that_is_killed_at_any_step_is_completed_by_the_next(
    rows: Rows, monkeypatch: pytest.MonkeyPatch, outcome: Finished
) -> None:
    for step in range(1, 5):
        first = rows.submit()
        second = submit(rows, first, runs=3 * CHUNK)
        end(rows, first, outcome)
        with monkeypatch.context() as patch:
            kill_at(patch, step)
            with pytest.raises(InterruptedError):
                schedule(rows)
        consistent(rows)

        schedule(rows)

        assert rows.simulation(second).waits_for is None
        if outcome is SUCCESS:
            assert reasons(rows, second) == {None: 3 * CHUNK}
        else:
            codes = {(rows.run(run).status, rows.run(run).error_code) for run in rows.runs(second)}
            assert codes == {("cancelled", "dependency_failed")}


def schedule(rows: Rows) -> None:
    go_on(rows)
    Cancellations(rows.database).run()


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
