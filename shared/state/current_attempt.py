"""The current attempt at a run, as its ends lock, change and close it. Used within `shared.state` only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from shared.db.tables import Attempt, Fingerprint, Run
from shared.enums import Outcome, Status
from shared.state.finished import AttemptKey, MeasuredModel
from shared.state.publication import UNPUBLISHED
from shared.state.transitions import STOP
from shared.state.writer import count, lock_simulation, move, stands_at

#: Outcomes of attempts whose runs have a result.
WITH_RESULT = frozenset({Outcome.SUCCEEDED, Outcome.REUSED})
#: Values of a run that is queued again: it has no worker and no published message.
REQUEUED: dict[str, Any] = {"progress": 0, "message": "", "worker_id": None, "started_at": None, **UNPUBLISHED}


def mine(key: AttemptKey) -> tuple[ColumnElement[bool], ...]:
    """SQL conditions: the run, while this attempt at it is running."""
    return (Run.id == key.run_id, Run.attempt == key.attempt, stands_at(Status.RUNNING))


def lock_attempt(connection: Connection, key: AttemptKey) -> Row[Any] | None:
    """Lock simulation and run; the run's row, None when the attempt is no longer the current one."""
    lock_simulation(connection, key.simulation_id)
    return connection.execute(select(Run.__table__).where(*mine(key)).with_for_update()).one_or_none()


def stop_attempt(connection: Connection, key: AttemptKey, phases: Mapping[str, float] | None = None) -> Outcome:
    """End the run as cancelled."""
    move(connection, STOP, *mine(key), values={"message": "", "verdict": None})
    close_attempt(connection, key, Outcome.CANCELLED, phases=phases)
    count(connection, key.simulation_id, cancelled=1)
    return Outcome.CANCELLED


def close_attempt(
    connection: Connection,
    key: AttemptKey,
    outcome: Outcome,
    error_message: str | None = None,
    phases: Mapping[str, float] | None = None,
    model: MeasuredModel | None = None,
) -> None:
    """Write the end of the attempt into its history; what it left without a result answers no other run."""
    measured = {} if model is None else {"model_sha256": model.sha256, "features": dict(model.features)}
    ended = {"ended_at": func.now(), "outcome": outcome.value, "error_message": error_message}
    connection.execute(
        update(Attempt)
        .where(Attempt.run_id == key.run_id, Attempt.number == key.attempt)
        .values(**ended, phases=dict(phases or {}), **measured)
    )
    if outcome not in WITH_RESULT:
        connection.execute(delete(Fingerprint).where(Fingerprint.run_id == key.run_id))
