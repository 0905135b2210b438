"""The way to Postgres: one pool per process, one short transaction at a time.

Entry points make a `Database` and hand it down. Whatever raises `DatabaseAway` can be tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import metrics
from shared.errors import Unavailable

#: A transaction that waits longer than this for a row has met a deadlock or a stuck neighbour; better to try again.
LOCK_TIMEOUT_MS = 5_000
#: Nothing we ask takes half a minute; a statement that does must not hold its locks any longer.
STATEMENT_TIMEOUT_MS = 30_000
#: Our statements find their rows through an index, whatever Postgres believes of a table that has just grown. Compiling
#: a statement takes longer than carrying out any of ours.
PLANS = "-c enable_seqscan=off -c jit=off"
#: A frozen process must not keep its locks: Postgres ends a transaction that has gone silent. The dispatcher's may be
#: silent for as long as a publish takes that RabbitMQ does not answer.
IDLE_SECONDS = 30.0


class DatabaseAway(Unavailable):
    """Postgres cannot be reached, went away in mid-transaction or did not answer in time."""


class Database:
    """A pool of connections to Postgres.

    `name` is shown in pg_stat_activity. `pool_size` connections are kept; as many again may be opened under load.
    A transaction in which nothing is said for `idle_seconds` is ended by Postgres.
    """

    def __init__(self, url: str, *, name: str, pool_size: int = 5, idle_seconds: float = IDLE_SECONDS) -> None:
        options = (
            f"-c timezone=UTC -c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} "
            f"-c idle_in_transaction_session_timeout={idle_seconds * 1000:.0f} {PLANS}"
        )
        self.engine: Engine = create_engine(
            make_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            pool_pre_ping=True,
            # What a statement was about is for the database to know, and not for a log.
            hide_parameters=True,
            connect_args={
                "application_name": name,
                "connect_timeout": 5,
                "options": options,
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
            },
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: commits at the end, rolls back on any exception. Raises DatabaseAway."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            if is_away(error):
                metrics.database_errors.inc()
                raise DatabaseAway(str(error.orig)) from error
            raise
        except PoolTimeout as error:
            metrics.database_errors.inc()
            raise DatabaseAway(str(error)) from error

    def check(self) -> None:
        """Ask Postgres something. Raises DatabaseAway."""
        with self.transaction() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def is_away(error: DBAPIError) -> bool:
    """Whether trying the whole transaction again can help: connection lost, server stopping, lock or deadlock."""
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
