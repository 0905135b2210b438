"""A page of a sorted or searched list of runs reads a bounded number of pages, however many runs there are."""

from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import text

from api_service.identity.scope import Scope
from api_service.identity.who import How, Identity
from api_service.runs.schema import AllRunsQuery
from api_service.runs.sorted_queries import find_runs
from shared.db.database import Database
from tests.backlogs import PageCount, counted, insert_backlog
from tests.rows import Rows

ENDS = """
UPDATE runs SET attempt = 1, status = CASE WHEN index % 10 = 0 THEN 'failed' ELSE 'succeeded' END,
    progress = CASE WHEN index % 10 = 0 THEN 0 ELSE 100 END, error_code = 'fatal',
    verdict = CASE WHEN index % 10 = 0 THEN 'fatal' ELSE 'success' END,
    started_at = now() - interval '1 day' + random() * interval '1 hour',
    ended_at = now() - random() * interval '1 hour'
WHERE status = 'queued' AND index % 4 > 0
"""
RESULTS = """
INSERT INTO results (run_id, attempt, metrics)
SELECT id, 1, jsonb_build_object('site_eui_kwh_per_m2', 100 * random()) FROM runs WHERE status = 'queued'
"""
#: What the service would have counted.
COUNTS = """
UPDATE simulations SET succeeded = ended.succeeded, failed = ended.failed
FROM (
    SELECT simulation_id, count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
        count(*) FILTER (WHERE status = 'failed') AS failed
    FROM runs GROUP BY simulation_id
) ended
WHERE id = simulation_id
"""
SORTS = ("created", "-created", "-started", "ended", "-seconds", "site_eui_kwh_per_m2")
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"q": "nowhere"},
    {"status": "failed"},
    {"ended_after": "2026-01-01T00:00:00Z"},
)
#: A page looks at 500 runs, and finds each, its simulation and its keys through an index.
MOST_PAGES = 5_500
#: The keys of these runs are read from an index, and once more from the table. The whole table has more pages.
MOST_PAGES_OF_KEYS = 600


@pytest.mark.parametrize("simulations", [1, 200])
def test_a_page_of_many_runs_reads_no_more_than_a_bound(rows: Rows, owner: Database, simulations: int) -> None:
    rows.new_simulation()
    with rows.database.transaction() as connection:
        insert_backlog(connection, simulations=simulations, runs=100_000 // simulations, owner="one")
        connection.execute(text(RESULTS))
        connection.execute(text(ENDS))
        connection.execute(text(COUNTS))
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE runs, ended_runs, simulations, results"))
    with rows.database.transaction() as connection:
        one = connection.execute(text("SELECT id FROM simulations WHERE name = 'backlog' LIMIT 1")).scalar_one()

    with counted(rows.database) as pages:
        for identity, simulation_id in product((_reader("one"), _reader("root", admin=True)), (one, None)):
            _read_lists(rows, identity, simulation_id)

    too_many = {
        sql: read
        for sql, read in pages.most().items()
        if read > (MOST_PAGES_OF_KEYS if sql.startswith("SELECT ended_runs.") else MOST_PAGES)
    }
    assert too_many == {}, _shown(pages)


def _reader(owner: str, *, admin: bool = False) -> Identity:
    return Identity(owner, owner, frozenset(Scope) if admin else frozenset({Scope.READ}), How.OFF)


def _read_lists(rows: Rows, identity: Identity, simulation_id: UUID | None) -> None:
    of_one = {} if simulation_id is None else {"simulation_id": str(simulation_id)}
    for sort, wanted in product(SORTS, FILTERS):
        query = AllRunsQuery().load({"sort": sort, **wanted, **of_one})
        for _ in range(3):
            with rows.database.transaction() as connection:
                page = find_runs(connection, query, identity)
            if page.next_cursor is None:
                break
            query["cursor"] = page.next_cursor


def _shown(pages: PageCount) -> str:
    most = sorted(((read, sql) for sql, read in pages.most().items()), reverse=True)
    return "\n".join(f"{read} {sql[:1500]}" for read, sql in most[:6])
