"""Migrate the schema to a revision: used by `python -m shared.db`, the local stack and the tests.

Migrations run one at a time (an advisory lock) and fail rather than block a busy service (lock and statement timeouts).
A failed migration is rolled back completely and can be tried again.
"""

import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg2.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, create_engine, make_url, pool, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from shared.db.locks import MIGRATION
from shared.db.rights import grant_future, grant_present

#: While a migration waits for a table lock, all later queries on the table wait behind it.
LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 300_000
LOCK_POLL_SECONDS = 0.2
WAIT_SECONDS = 1.0


def configuration() -> Config:
    """Alembic's configuration, in place of a file alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(url: str, revision: str = "head", *, services: str | None = None) -> None:
    """Migrate up to `revision`; the role `services` gets the rights that services need, None: they are the owner."""

    def act(config: Config) -> None:
        connection: Connection = config.attributes["connection"]
        if services is not None:
            grant_future(connection, services)
            connection.commit()
        command.upgrade(config, revision)
        if services is not None:
            grant_present(connection, services)

    run(url, act)


def downgrade(url: str, revision: str) -> None:
    """Migrate down to `revision`; `base` means an empty schema."""
    run(url, lambda config: command.downgrade(config, revision))


def wait(url: str) -> None:
    """Wait until Postgres is reachable and its schema is as new as this code, or newer."""
    scripts = ScriptDirectory.from_config(configuration())
    older = {script.revision for script in scripts.walk_revisions()} - {scripts.get_current_head()}
    engine = create_engine(make_url(url), poolclass=pool.NullPool, connect_args={"application_name": "epsm-wait"})
    # A revision that is unknown to this code was created by newer code.
    while (revision := _revision(engine)) is None or revision in older:
        time.sleep(WAIT_SECONDS)


def _revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError:
        return None
    except ProgrammingError as error:
        # A role that is new gets its rights at the end of the migration.
        if isinstance(error.orig, InsufficientPrivilege):
            return None
        raise


def check(url: str) -> None:
    """Raise alembic.util.CommandError when the tables in code and in the database differ."""
    run(url, command.check)


def run(url: str, action: Callable[[Config], object]) -> None:
    """Run one Alembic command on a connection that holds the migration lock."""
    engine = create_engine(make_url(url), poolclass=pool.NullPool, connect_args={"application_name": "epsm-migrate"})
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
        connection.execute(text(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}"))
        connection.commit()
        _wait_for_lock(connection)
        try:
            action(_bound(connection))
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text(f"SELECT pg_advisory_unlock({MIGRATION})"))
            connection.commit()


def _wait_for_lock(connection: Connection) -> None:
    """Wait without limit for another migration to end; the lock timeout applies to locks on tables only.

    Polls instead of waiting inside Postgres: a blocking wait would be an open transaction, and an index that the other
    migration builds concurrently would wait for that transaction: a deadlock.
    """
    while not connection.scalar(text(f"SELECT pg_try_advisory_lock({MIGRATION})")):
        connection.commit()
        time.sleep(LOCK_POLL_SECONDS)
    connection.commit()


def _bound(connection: Connection) -> Config:
    config = configuration()
    config.attributes["connection"] = connection
    return config
