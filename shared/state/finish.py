"""End of an attempt in one transaction: result, status, counters, event. The attempt's number is the fencing token.

Workers call `finish`, `fail_attempt`, `give_back` and `stop`; the reaper calls `reap`. Each returns the outcome that it
wrote, or None when the attempt is no longer the current one; then nothing was written, and its results are discarded.
"""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from shared.db.tables import Attempt, Result, Run, RunFile, RunMessage
from shared.enums import HeldReason, Outcome
from shared.state.breaker import note_failure
from shared.state.current_attempt import REQUEUED, close_attempt, lock_attempt, mine, stop_attempt
from shared.state.finished import AttemptKey, Failure, Finished
from shared.state.held_runs import keep_held
from shared.state.policy import GiveUp, RetryPolicy
from shared.state.repeated import repeats
from shared.state.transitions import FAIL, PUT_BACK, SUCCEED
from shared.state.writer import count, lock_simulation, move


def finish(connection: Connection, key: AttemptKey, finished: Finished) -> Outcome | None:
    """Store the attempt's result and end its run; a run flagged for cancellation ends as cancelled instead."""
    run = lock_attempt(connection, key)
    if run is None:
        return None
    if run.cancel_requested_at is not None:
        return stop_attempt(connection, key, finished.phases)
    _keep(connection, key, finished)
    if finished.failure is None:
        move(connection, SUCCEED, *mine(key), values={"verdict": finished.verdict, "progress": 100, "message": ""})
        close_attempt(connection, key, Outcome.SUCCEEDED, phases=finished.phases, model=finished.model)
        count(connection, key.simulation_id, succeeded=1)
        return Outcome.SUCCEEDED
    _fail(connection, key, finished.failure, verdict=finished.verdict)
    close_attempt(connection, key, Outcome.FAILED, finished.failure.message, finished.phases)
    return Outcome.FAILED


def fail_attempt(
    connection: Connection,
    key: AttemptKey,
    failure: Failure,
    policy: RetryPolicy,
    outcome: Outcome = Outcome.INFRASTRUCTURE,
) -> Outcome | None:
    """End an attempt after an error that the model did not cause.

    The run is queued again after a backoff, or fails when it has no charged attempts left, or when the attempt before
    failed alike in a way that a model can cause.
    """
    run = lock_attempt(connection, key)
    if run is None:
        return None
    if run.cancel_requested_at is not None:
        return stop_attempt(connection, key)
    if repeats(connection, run, failure.code, failure.message):
        again = f"{failure.message}, as in the attempt before it; the model is taken for the cause"
        _fail(connection, key, Failure(failure.code, again), verdict=None)
        close_attempt(connection, key, Outcome.FAILED, failure.message)
        return Outcome.FAILED
    close_attempt(connection, key, outcome, failure.message)
    decision = policy.decide(run.charged, run.max_attempts)
    if isinstance(decision, GiveUp):
        used_up = (
            f"{failure.message} (attempt {run.charged} of {run.max_attempts}, the last one){_HINTS.get(outcome, '')}"
        )
        _fail(connection, key, Failure(failure.code, used_up), verdict=None)
    else:
        move(
            connection,
            PUT_BACK,
            *mine(key),
            values={
                **REQUEUED,
                "not_before": func.now() + decision.delay,
                "held_reason": HeldReason.BACKOFF.value,
                "error_code": failure.code,
                "error_message": failure.message,
            },
            data={"reason": failure.code},
        )
        keep_held(connection, key.run_id)
    return outcome


def give_back(connection: Connection, key: AttemptKey, policy: RetryPolicy) -> Outcome | None:
    """Return the run of a drained worker to the queue: it may start again at once, and the attempt is not charged.

    When the run has been given back `max_give_backs` times in this round, the attempt counts as failed and is charged.
    """
    run = lock_attempt(connection, key)
    if run is None:
        return None
    if run.cancel_requested_at is not None:
        return stop_attempt(connection, key)
    if (before := _given_back(connection, run)) >= policy.max_give_backs:
        failure = Failure(
            "worker_left", f"The workers that had the run were stopped {before + 1} times before it ended"
        )
        return fail_attempt(connection, key, failure, policy, Outcome.DRAINED)
    close_attempt(connection, key, Outcome.DRAINED)
    values = {**REQUEUED, "charged": Run.charged - 1, "not_before": func.now()}
    move(connection, PUT_BACK, *mine(key), values=values, data={"reason": "drained"})
    keep_held(connection, key.run_id)
    return Outcome.DRAINED


def stop(connection: Connection, key: AttemptKey) -> Outcome | None:
    """End a run whose engine was killed because of a cancellation."""
    return None if lock_attempt(connection, key) is None else stop_attempt(connection, key)


def reap(connection: Connection, key: AttemptKey, policy: RetryPolicy) -> Outcome | None:
    """End an attempt whose lease has expired; None when it has not.

    Its worker is gone, or learns at its next beat that it has lost the run.
    """
    lock_simulation(connection, key.simulation_id)
    expired = select(Run.id).where(*mine(key), Run.lease_expires_at < func.now()).with_for_update()
    if connection.scalar(expired) is None:
        return None
    lost = Failure("worker_lost", "The worker that had the run stopped answering")
    return fail_attempt(connection, key, lost, policy, Outcome.LOST)


#: Hints for the owner of a failed run, by outcome of its last attempt.
_HINTS = {Outcome.LOST: ". It may be the run that ends its workers: look at its model, first at the memory it needs"}


def _given_back(connection: Connection, run: Row[Any]) -> int:
    """Number of times that the run has been given back in this round."""
    drained = select(func.count()).where(
        Attempt.run_id == run.id, Attempt.outcome == Outcome.DRAINED.value, Attempt.started_at >= run.queued_at
    )
    return connection.scalar(drained) or 0


def _fail(connection: Connection, key: AttemptKey, failure: Failure, *, verdict: str | None) -> None:
    values = {"verdict": verdict, "error_code": failure.code, "error_message": failure.message, "message": ""}
    move(connection, FAIL, *mine(key), values=values, data={"code": failure.code})
    count(connection, key.simulation_id, failed=1)
    note_failure(connection, key.simulation_id, key.run_id, failure)


def _keep(connection: Connection, key: AttemptKey, finished: Finished) -> None:
    if finished.metrics is not None:
        connection.execute(
            insert(Result).values(run_id=key.run_id, attempt=key.attempt, metrics=dict(finished.metrics))
        )
    if finished.messages:
        connection.execute(
            insert(RunMessage),
            [{"run_id": key.run_id, "ordinal": n, **asdict(said)} for n, said in enumerate(finished.messages)],
        )
    if finished.files:
        connection.execute(
            insert(RunFile),
            [
                {
                    "run_id": key.run_id,
                    "attempt": key.attempt,
                    "name": file.name,
                    "key": file.key,
                    "sha256": file.sha256,
                    "size": file.size,
                }
                for file in finished.files
            ],
        )
