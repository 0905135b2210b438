"""One read-only statement on a database that is not EPSM's, with one deadline for connecting, waiting and reading.

The connection is non-blocking: a server that is stopped or behind a broken network answers nothing at all, and neither
a timeout of the statement nor one of the connection would end such a wait.
"""

import select
from collections.abc import Mapping, Sequence
from contextlib import closing
from time import monotonic
from typing import Any

import psycopg2
from psycopg2 import extensions, extras
from sqlalchemy.engine import make_url

from shared.errors import Unavailable

#: Nothing can be written, also where the role in the address could. The server ends a statement that nobody waits for.
OPTIONS = "-c default_transaction_read_only=on -c timezone=UTC -c statement_timeout={milliseconds:.0f}"
EVENTS = {extensions.POLL_READ: select.POLLIN, extensions.POLL_WRITE: select.POLLOUT}


class ForeignDatabaseAway(Unavailable):
    """The database cannot be reached, or has not answered before the deadline."""


class ForeignDatabaseUnfit(Unavailable):
    """The database refuses the statement, because a table, a column or a permission is missing."""


def read_rows(
    url: str, statement: str, values: Mapping[str, Any], *, name: str, seconds: float
) -> Sequence[Mapping[str, Any]]:
    """The rows of one statement. Raises ForeignDatabaseAway, ForeignDatabaseUnfit; neither contains the address."""
    deadline = monotonic() + seconds
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    options = OPTIONS.format(milliseconds=seconds * 1000)
    try:
        with closing(psycopg2.connect(address, async_=True, application_name=name, options=options)) as connection:
            _wait(connection, deadline, seconds)
            cursor = connection.cursor(cursor_factory=extras.RealDictCursor)
            cursor.execute(statement, values)
            _wait(connection, deadline, seconds)
            return cursor.fetchall()
    except (psycopg2.errors.QueryCanceled, psycopg2.errors.AdminShutdown) as error:
        raise ForeignDatabaseAway(_first_line(error)) from error
    except psycopg2.OperationalError as error:
        # The library's text names host and port, which are nobody's business but the operator's.
        raise ForeignDatabaseAway("cannot be reached") from error
    except psycopg2.Error as error:
        raise ForeignDatabaseUnfit(_first_line(error)) from error


def _wait(connection: extensions.connection, deadline: float, seconds: float) -> None:
    while (state := connection.poll()) != extensions.POLL_OK:
        waiting = select.poll()
        waiting.register(connection.fileno(), EVENTS[state])
        left = deadline - monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            raise ForeignDatabaseAway(f"has not answered within {seconds:g} s")


def _first_line(error: psycopg2.Error) -> str:
    return (str(error).strip().splitlines() or ["no reason"])[0]
