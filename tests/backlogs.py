"""A backlog written by SQL, and how many pages each statement reads while it waits: for tests and measurements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event, text

from shared.db.database import Database
from tests.rows import ENGINE, MODEL, WEATHER, Rows

#: Pages of our tables and indexes that this transaction has asked for, in memory or not, its triggers' included.
FETCHED = """
SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(oid)), 0) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""
SIMULATIONS = """
INSERT INTO simulations (id, owner, name, priority, spec, correlation_id, total, soft_limit_seconds,
    hard_limit_seconds, created_at)
SELECT gen_random_uuid(), :owner, 'backlog', :priority, '{}', 'backlog', :runs, 10, 20,
    now() + n * interval '1 microsecond'
FROM generate_series(1, :simulations) n
"""
INPUTS = """
INSERT INTO simulation_inputs (simulation_id, role, name, sha256)
SELECT id, role, file, sha256 FROM simulations,
    (VALUES ('model', 'a.idf', :model), ('weather', 'b.epw', :weather)) inputs (role, file, sha256)
WHERE simulations.name = 'backlog'
ON CONFLICT DO NOTHING
"""
RUNS = """
INSERT INTO runs (id, simulation_id, index, model, weather, parameters, engine, max_attempts)
SELECT gen_random_uuid(), simulations.id, n - 1, 'a.idf', 'b.epw', jsonb_build_object('n', n), :engine, 3
FROM simulations, generate_series(1, :runs) n
WHERE name = 'backlog' AND NOT EXISTS (SELECT FROM runs WHERE simulation_id = simulations.id)
"""


def insert_backlog(
    connection: Connection, *, simulations: int, runs: int, owner: str = "local", priority: int = 1
) -> None:
    """So many simulations of so many runs each, all waiting; their inputs are entered but not stored."""
    # Far more rows than any statement of a service may write.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(
        text(SIMULATIONS), {"simulations": simulations, "runs": runs, "owner": owner, "priority": priority}
    )
    connection.execute(text(INPUTS), {"model": MODEL, "weather": WEATHER})
    connection.execute(text(RUNS), {"runs": runs, "engine": ENGINE})


def believe(rows: Rows, running: int, ended: int) -> None:
    """Make Postgres believe for ever that the tables are as they are with so many runs, and nothing waiting."""
    with rows.database.transaction() as connection:
        for table in ("runs", "simulations", "backlog"):
            connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))
    if running or ended:
        first = rows.runs(rows.submit(running + ended))
        for run in first[:ended]:
            rows.finish(rows.start(run))
        for run in first[ended:]:
            rows.start(run)
        with rows.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


@dataclass
class PageCount:
    """Statements in the order they were carried out, each with the pages it asked for."""

    statements: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Pages of all of them."""
        return sum(pages for _, pages in self.statements)

    def most(self) -> dict[str, int]:
        """The most pages that each statement has asked for, by its text."""
        most: dict[str, int] = {}
        for sql, pages in self.statements:
            most[sql] = max(pages, most.get(sql, 0))
        return most


@contextmanager
def counted(database: Database) -> Iterator[PageCount]:
    """Count the pages of every statement that is carried out inside."""
    pages, before = PageCount(), [0]

    def fetched(connection: Connection) -> int:
        cursor = connection.connection.cursor()
        cursor.execute(FETCHED)
        (row,) = cursor.fetchall()
        cursor.close()
        return int(row[0])

    def start(connection: Connection, *_: Any) -> None:
        before[0] = fetched(connection)

    def end(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        pages.statements.append((statement, fetched(connection) - before[0]))

    hooks = (("before_cursor_execute", start), ("after_cursor_execute", end))
    for name, hook in hooks:
        event.listen(database.engine, name, hook)
    try:
        yield pages
    finally:
        for name, hook in hooks:
            event.remove(database.engine, name, hook)
