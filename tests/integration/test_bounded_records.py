"""A page of simulations or of the audit log reads a bounded number of pages, however many there are."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from api_service.audit.queries import AuditFilter, list_audit
from api_service.identity.scope import Scope
from api_service.identity.who import How, Identity
from api_service.simulations.filter import SimulationFilter
from api_service.simulations.queries import list_simulations
from api_service.simulations.schema import SimulationQuery
from shared.db.database import Database
from tests.backlogs import PageCount, counted

SIMULATIONS = """
INSERT INTO simulations (id, owner, name, priority, spec, correlation_id, total, soft_limit_seconds,
    hard_limit_seconds, created_at, status, started_at, ended_at, succeeded, failed)
SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'one' ELSE 'two' END, 'Office ' || n, 1, '{}', '', 1, 10, 20,
    now() + n * interval '1 microsecond', status, now(), now(), (status = 'succeeded')::integer,
    (status = 'failed')::integer
FROM (
    SELECT n, CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'succeeded' END AS status FROM generate_series(1, 100000) n
) numbered
"""
AUDIT = """
INSERT INTO audit (id, at, owner, action, object, correlation_id)
SELECT gen_random_uuid(), now() + n * interval '1 microsecond', 'owner-' || n % 1000, 'action-' || n % 10,
    'simulations/' || n / 3, ''
FROM generate_series(1, 100000) n
"""
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"name": "nowhere"},
    {"status": "failed"},
    {"status": "cancelled"},
    {"owner": "one"},
    {"owner": "nobody"},
    {"owner": "one", "status": "failed", "name": "office"},
    {"created_after": "2026-01-01T00:00:00Z", "status": "failed"},
)
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {"owner": "owner-7"},
    {"action": "action-7"},
    {"object": "simulations/7"},
    {"owner": "nobody"},
    {"owner": "owner-7", "action": "action-8"},
    {"object": "simulations/7", "action": "action-8"},
)
#: A page looks at 500 simulations through an index, and reads 50 of them. The whole table has some 2,400 pages.
MOST_PAGES = 800


@pytest.fixture
def full(database: Database, owner: Database) -> Database:
    """A database with many simulations, whose runs do not matter here, and entries of the audit log."""
    with database.transaction() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in (SIMULATIONS, AUDIT):
            connection.execute(text(statement))
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE simulations, audit, runs"))
    return database


def test_a_page_of_many_records_reads_no_more_than_a_bound(full: Database) -> None:
    readers = [
        Identity("one", "one", frozenset({Scope.READ}), How.OFF),
        Identity("root", "root", frozenset(Scope), How.OFF),
    ]
    with counted(full) as pages:
        for identity, sort, wanted in product(readers, ("created", "-created"), FILTERS):
            _read_simulations(full, identity, {"sort": sort, **wanted})
        for conditions in CONDITIONS:
            _read_audit(full, AuditFilter(**conditions))

    assert {sql: read for sql, read in pages.most().items() if read > MOST_PAGES} == {}, _shown(pages)


def _read_simulations(database: Database, identity: Identity, asked: dict[str, str]) -> None:
    query = SimulationQuery().load(asked)
    paging = {name: query.pop(name) for name in ("sort", "limit", "cursor")}
    for _ in range(3):
        with database.transaction() as connection:
            page = list_simulations(connection, SimulationFilter(**query), identity, **paging)
        if page.next_cursor is None:
            break
        paging["cursor"] = page.next_cursor


def _read_audit(database: Database, wanted: AuditFilter) -> None:
    cursor = None
    for _ in range(3):
        with database.transaction() as connection:
            page = list_audit(connection, wanted, limit=50, cursor=cursor)
        if (cursor := page.next_cursor) is None:
            break


def _shown(pages: PageCount) -> str:
    most = sorted(((read, sql) for sql, read in pages.most().items()), reverse=True)
    return "\n".join(f"{read} {sql[:1500]}" for read, sql in most[:6])
