"""Failures that repeat: what fails alike twice, on workers that pass their self-tests, is the model's."""

from typing import Any

from sqlalchemy import Connection, Row, select

from shared.db.tables import Attempt
from shared.enums import Outcome

#: Codes of failures that a model can cause as well as its surroundings.
OF_MODELS = ("engine_killed", "internal_error")


def repeats(connection: Connection, run: Row[Any], code: str, message: str) -> bool:
    """Whether the attempt before the current one, in the same round, ended with the same failure of this kind."""
    if code not in OF_MODELS:
        return False
    before = select(Attempt.error_message).where(
        Attempt.run_id == run.id,
        Attempt.number == run.attempt - 1,
        Attempt.started_at >= run.queued_at,
        Attempt.outcome == Outcome.INFRASTRUCTURE.value,
    )
    return connection.scalar(before) == message
