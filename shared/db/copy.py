"""COPY, which SQLAlchemy does not have: rows are sent as CSV instead of as the values of a statement."""

from typing import TextIO

import psycopg2
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def copy_from(connection: Connection, statement: str, rows: TextIO) -> None:
    """Execute `COPY … FROM STDIN` in the connection's transaction. Raises what SQLAlchemy raises for a statement."""
    driver = connection.connection.cursor()
    try:
        driver.copy_expert(statement, rows)
    except psycopg2.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg2.Error, connection_invalidated=bool(driver.connection.closed)
        ) from error
    finally:
        driver.close()
