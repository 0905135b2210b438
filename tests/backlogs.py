"""Inserts a backlog by SQL and counts the pages that each statement reads meanwhile: for tests and measurements."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event, text

from shared.db.database import Database
from tests.rows import ENGINE, MODEL, WEATHER, Rows

#: Pages of our tables and indexes that this transaction has read, cached or not, including its triggers.
FETCHED = """
SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(oid)), 0) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""
LIST = re.compile(r"IN \(%\([^()]+\)s::UUID(?:, %\([^()]+\)s::UUID)*\)")
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
    """Inserts simulations with `runs` queued runs each; their inputs have rows but are not stored."""
    # Writes far more rows than the statement timeout of the services allows.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(
        text(SIMULATIONS), {"simulations": simulations, "runs": runs, "owner": owner, "priority": priority}
    )
    connection.execute(text(INPUTS), {"model": MODEL, "weather": WEATHER})
    connection.execute(text(RUNS), {"runs": runs, "engine": ENGINE})


def freeze_statistics(rows: Rows, owner: Database, running: int, ended: int) -> None:
    """Freezes Postgres' statistics at this number of running and ended runs, without a backlog; `owner` may do that."""
    with owner.transaction() as connection:
        for table in ("runs", "simulations", "backlog"):
            connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))
    if running or ended:
        first = rows.runs(rows.submit(running + ended))
        for run in first[:ended]:
            rows.finish(rows.start(run))
        for run in first[ended:]:
            rows.start(run)
        with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


@dataclass
class PageCount:
    """Statements in order of execution, each with the number of pages it has read."""

    statements: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Pages of all statements."""
        return sum(pages for _, pages in self.statements)

    def most(self) -> dict[str, int]:
        """Maximum number of pages that each statement has read, by its text without the length of lists."""
        most: dict[str, int] = {}
        for statement, pages in self.statements:
            sql = LIST.sub("IN (…)", statement)
            most[sql] = max(pages, most.get(sql, 0))
        return most


@contextmanager
def counted(database: Database) -> Iterator[PageCount]:
    """Counts the pages of every statement in the body."""
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
