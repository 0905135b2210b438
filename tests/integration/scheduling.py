"""Rows and clocks for the tests of scheduled jobs."""

from sqlalchemy import text

from tests.rows import Rows


def execute(rows: Rows, statement: str) -> None:
    with rows.database.transaction() as connection:
        connection.execute(text(statement))
