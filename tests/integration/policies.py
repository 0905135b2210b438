"""The retry policy and the failure that the tests of the state use."""

from datetime import timedelta

from shared.state.finish import fail_attempt
from shared.state.finished import AttemptKey, Failure
from shared.state.policy import RetryPolicy
from tests.rows import Rows

POLICY = RetryPolicy(timedelta(seconds=60))


LOST = Failure("storage_unavailable", "Storage: it is away")


def fail(rows: Rows, key: AttemptKey) -> bool:
    with rows.database.transaction() as connection:
        return fail_attempt(connection, key, LOST, POLICY) is not None
