"""A migrated database with a way to fill it."""

from collections.abc import Iterator

import pytest

from shared.db.database import Database
from shared.state.ledger import discrepancies
from tests.rows import Rows


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, name="tests")
    yield opened
    opened.close()


@pytest.fixture
def rows(database: Database) -> Iterator[Rows]:
    """Rows; whatever a test did with them, the books must agree afterwards."""
    yield Rows(database)
    with database.transaction() as connection:
        assert discrepancies(connection) == {}
