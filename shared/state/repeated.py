"""Failures that repeat: what fails alike twice, on workers that pass their self-tests, is the model's."""

from typing import Any

from sqlalchemy import Connection, Row, select

from shared.db.tables import Attempt
from shared.enums import Outcome

#: Codes of failures that a model can cause as well as its surroundings.
OF_MODELS = ("engine_killed", "internal_error")
#: Outcomes that say nothing about the model.
GIVEN_BACK = (Outcome.DRAINED.value, Outcome.TWIN.value)


def repeats(connection: Connection, run: Row[Any], code: str, message: str) -> bool:
    """Whether the last attempt before the current one, in the same round, ended with the same failure of this kind."""
    if code not in OF_MODELS:
        return False
    before = connection.execute(
        select(Attempt.outcome, Attempt.error_message)
        .where(
            Attempt.run_id == run.id,
            Attempt.number < run.attempt,
            Attempt.started_at >= run.queued_at,
            Attempt.outcome.not_in(GIVEN_BACK),
        )
        .order_by(Attempt.number.desc())
        .limit(1)
    ).one_or_none()
    return before is not None and tuple(before) == (Outcome.INFRASTRUCTURE, message)
