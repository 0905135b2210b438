"""Attempts are counted by the outcome that Postgres records, not by what the engine did."""

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared import metrics
from shared.energyplus.installation import Engine
from shared.enums import Outcome
from shared.settings import Settings
from shared.state.cancel import cancel_run
from shared.state.finished import AttemptKey, Failure
from shared.state.policy import RetryPolicy
from sim_worker.attempt.active import ActiveAttempt
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.ends import AttemptEnds
from sim_worker.attempt.public_text import PublicText
from sim_worker.engine.watch import Stop
from tests.rows import FAILURE, SUCCESS, Rows

pytestmark = pytest.mark.integration


@pytest.fixture
def ends(rows: Rows) -> AttemptEnds:
    engine = Engine("25.2.0", "none", Path("/engine/energyplus"), Path("/engine"), None)
    public = PublicText(Settings(), engine)
    return AttemptEnds(rows.database, DatabaseRetry(), RetryPolicy(timedelta(0)), public)


def claimed(rows: Rows) -> ActiveAttempt:
    claim = rows.claim(rows.runs(rows.submit(1))[0])
    assert claim is not None
    return ActiveAttempt(claim)


def cancel(rows: Rows, key: AttemptKey) -> None:
    with rows.database.transaction() as connection:
        cancel_run(connection, key.run_id)


def counted() -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(metrics.attempts_ended)
    by_outcome: dict[str, float] = {}
    for sample in next(iter(registry.collect())).samples:
        by_outcome[sample.labels["outcome"]] = by_outcome.get(sample.labels["outcome"], 0) + sample.value
    return by_outcome


def more(before: dict[str, float]) -> dict[str, float]:
    return {outcome: n - before.get(outcome, 0) for outcome, n in counted().items() if n != before.get(outcome, 0)}


@pytest.mark.parametrize("finished", [SUCCESS, FAILURE])
def test_a_run_cancelled_while_its_engine_succeeded_is_counted_as_cancelled(
    rows: Rows, ends: AttemptEnds, finished: object
) -> None:
    attempt, before = claimed(rows), counted()
    cancel(rows, attempt.key)

    assert ends.finish(attempt, finished) is Outcome.CANCELLED  # type: ignore[arg-type]

    assert more(before) == {"cancelled": 1}
    assert rows.run(attempt.key.run_id).status == "cancelled"


def test_a_cancelled_run_that_fails_or_is_given_back_is_counted_as_cancelled(rows: Rows, ends: AttemptEnds) -> None:
    failing, drained, before = claimed(rows), claimed(rows), counted()
    for attempt in (failing, drained):
        cancel(rows, attempt.key)

    assert ends.fail(failing, Failure("engine_killed", "gone"), OSError("gone")) is Outcome.CANCELLED
    assert ends.stop(drained, Stop.DRAINED) is Outcome.CANCELLED

    assert more(before) == {"cancelled": 2}


def test_an_end_of_a_superseded_attempt_is_counted_as_lost(rows: Rows, ends: AttemptEnds) -> None:
    attempt = claimed(rows)
    rows.finish(attempt.key)
    before = counted()

    ended = (
        ends.finish(attempt, SUCCESS),
        ends.fail(attempt, Failure("engine_killed", "gone"), OSError("gone")),
        ends.stop(attempt, Stop.CANCELLED),
        ends.stop(attempt, Stop.LEASE_LOST),
    )

    assert ended == (Outcome.LOST,) * 4
    assert more(before) == {"lost": 4}


def test_ordinary_ends_are_counted_as_what_they_are(rows: Rows, ends: AttemptEnds) -> None:
    before = counted()

    assert ends.finish(claimed(rows), SUCCESS) is Outcome.SUCCEEDED
    assert ends.finish(claimed(rows), FAILURE) is Outcome.FAILED
    assert ends.fail(claimed(rows), Failure("engine_killed", "gone"), OSError("gone")) is Outcome.INFRASTRUCTURE
    assert ends.stop(claimed(rows), Stop.DRAINED) is Outcome.DRAINED

    assert more(before) == {"succeeded": 1, "failed": 1, "infrastructure": 1, "drained": 1}


def test_an_attempt_that_fails_alike_twice_is_the_models_fault(rows: Rows, ends: AttemptEnds) -> None:
    (run,) = rows.runs(rows.submit(1))
    failures = [Failure("engine_killed", text) for text in ("killed", "helper killed", "helper killed")]

    outcomes = []
    for failure in failures:
        claim = rows.claim(run)
        assert claim is not None
        outcomes.append(ends.fail(ActiveAttempt(claim), failure, OSError("gone")))

    assert outcomes == [Outcome.INFRASTRUCTURE, Outcome.INFRASTRUCTURE, Outcome.FAILED]
    assert rows.run(run).error_message == (
        "helper killed, as in the attempt before it; the model is taken for the cause"
    )


def test_attempts_that_were_given_back_in_between_do_not_hide_a_repeated_failure(rows: Rows, ends: AttemptEnds) -> None:
    (run,) = rows.runs(rows.submit(1))
    failure = Failure("engine_killed", "killed")

    outcomes = []
    for is_drained in (False, True, False):
        claim = rows.claim(run)
        assert claim is not None
        attempt = ActiveAttempt(claim)
        end = ends.stop(attempt, Stop.DRAINED) if is_drained else ends.fail(attempt, failure, OSError("gone"))
        outcomes.append(end)

    assert outcomes == [Outcome.INFRASTRUCTURE, Outcome.DRAINED, Outcome.FAILED]


def test_a_store_that_is_away_twice_is_not_the_models_fault(rows: Rows, ends: AttemptEnds) -> None:
    (run,) = rows.runs(rows.submit(1))

    for _ in range(2):
        claim = rows.claim(run)
        assert claim is not None
        failure = Failure("storage_unavailable", "away")
        assert ends.fail(ActiveAttempt(claim), failure, OSError("gone")) is Outcome.INFRASTRUCTURE

    assert rows.run(run).status == "queued"
