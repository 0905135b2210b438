"""Access to Postgres: one pool of connections per process, short transactions.

Entry points create a `Database` and pass it down. A transaction that raised `DatabaseAway` can be tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import metrics
from shared.errors import Unavailable

#: A transaction that waits longer than this for a lock is blocked by a deadlock or a stuck process: better try again.
LOCK_TIMEOUT_MS = 5_000
#: No statement normally takes half a minute; one that does must not hold its locks any longer.
STATEMENT_TIMEOUT_MS = 30_000
#: No sequential scans: our statements find rows through an index, whatever the statistics of a table that has just
#: grown say. No JIT: compiling a statement takes longer than executing any of ours.
PLANS = "-c enable_seqscan=off -c jit=off"
#: Postgres ends a transaction that is idle for this long, so that a frozen process does not keep its locks. The
#: dispatcher's transaction may be idle until a publish to an unresponsive RabbitMQ times out.
IDLE_SECONDS = 30.0


class DatabaseAway(Unavailable):
    """Postgres cannot be reached, the connection was lost in a transaction, or a timeout expired."""


class Database:
    """A pool of connections to Postgres.

    `name` is shown in pg_stat_activity. `pool_size` connections are kept; as many again may be opened under load.
    Postgres ends a transaction that is idle for `idle_seconds`.
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
            # Values of parameters are user data, which must not appear in error messages and logs.
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
    def transaction(self, *, one_snapshot: bool = False) -> Iterator[Connection]:
        """Context manager for one transaction: commits at the end, rolls back on any exception. Raises DatabaseAway.

        With `one_snapshot` all statements see the database as it was at the first one.
        """
        engine = self.engine.execution_options(isolation_level="REPEATABLE READ") if one_snapshot else self.engine
        try:
            with engine.begin() as connection:
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
        """Raise DatabaseAway unless Postgres answers a query."""
        with self.transaction() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def is_away(error: DBAPIError) -> bool:
    """Whether retrying the whole transaction can help: connection lost, server stopping, timeout or deadlock."""
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
