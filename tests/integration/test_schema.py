"""The schema: tables and migrations agree, migrations are reversible, and constraints reject invalid rows."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from deploy.local.postgres import OWNER, SERVICE, PostgresServer
from shared.db import migrate
from shared.db.database import Database
from shared.db.tables import Run
from shared.enums import HeldReason
from shared.state.finished import Finished
from shared.state.held_runs import hold_runs
from shared.state.hold import hold_simulation
from tests.rows import FAILURE, Rows

#: Migrations with statements in transactions of their own, which commit what stands before them, each with the one
#: before it. Those of 0007 come first, and the rest of it is undone by an interruption.
COMMITTING = sorted(
    (path.name[:4], path.read_text().partition('\ndown_revision = "')[2][:4])
    for path in (Path(migrate.__file__).with_name("migrations") / "versions").glob("0*.py")
    if "autocommit_block" in path.read_text() and not path.name.startswith("0007")
)

ILLEGAL = [
    "UPDATE runs SET status = 'asleep'",
    "UPDATE runs SET status = 'running'",
    "UPDATE runs SET status = 'running', lease_expires_at = now(), deadline_at = now()",
    "UPDATE runs SET lease_expires_at = now()",
    "UPDATE runs SET status = 'succeeded', ended_at = now(), progress = 100",
    "UPDATE runs SET status = 'failed', ended_at = now()",
    "UPDATE runs SET status = 'cancelled'",
    "UPDATE runs SET ended_at = now()",
    "UPDATE runs SET charged = 1",
    "UPDATE runs SET attempt = 9, charged = 9",
    "UPDATE runs SET progress = 101",
    "UPDATE runs SET verdict = 'fine'",
    "UPDATE runs SET variant = 0",
    "UPDATE runs SET parameters = NULL",
    "UPDATE runs SET index = 0",
    "UPDATE simulations SET succeeded = 3",
    "UPDATE simulations SET succeeded = -1",
    "UPDATE simulations SET succeeded = 2",
    "UPDATE simulations SET ended_at = now()",
    "UPDATE simulations SET status = 'succeeded'",
    "UPDATE simulations SET cancel_requested_at = now()",
    "UPDATE simulations SET priority = 7",
    "UPDATE simulations SET soft_limit_seconds = 100",
    "UPDATE artifacts SET sha256 = 'short'",
    "DELETE FROM artifacts",
    "INSERT INTO results (run_id, attempt, metrics) SELECT id, n, '{}'::jsonb FROM runs, generate_series(1, 2) n",
    "INSERT INTO attempts (run_id, number, worker_id) SELECT id, n, 'w' FROM runs, generate_series(1, 2) n",
]


@pytest.mark.parametrize("statement", ILLEGAL)
def test_the_database_refuses(rows: Rows, statement: str) -> None:
    rows.submit(2)

    with pytest.raises(IntegrityError), rows.database.transaction() as connection:
        connection.execute(text(statement))


def test_tables_and_migrations_agree(owner_url: str) -> None:
    migrate.check(owner_url)


def test_the_schema_goes_down_to_nothing_and_up_again(owner_url: str) -> None:
    migrate.downgrade(owner_url, "base")
    database = Database(owner_url, name="tests")
    with database.transaction() as connection:
        left = connection.scalars(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        ).all()
    database.close()
    assert left == ["alembic_version"]

    migrate.upgrade(owner_url)
    migrate.check(owner_url)


def test_owners_of_earlier_submissions_get_access_by_hash(rows: Rows, owner_url: str) -> None:
    rows.submit(owner="anna")
    rows.submit(owner="bert")
    migrate.downgrade(owner_url, "0003")

    migrate.upgrade(owner_url)

    with rows.database.transaction() as connection:
        found = connection.execute(text("SELECT owner, count(*) FROM artifact_owners GROUP BY owner ORDER BY owner"))
        assert [tuple(row) for row in found] == [("anna", 2), ("bert", 2)]


def test_runs_that_a_user_holds_as_well_stay_held_in_a_version_without_circuit_breakers(
    rows: Rows, owner_url: str
) -> None:
    runs = [run for simulation in (rows.submit(), rows.submit()) for run in rows.runs(simulation)]
    with rows.database.transaction() as connection:
        hold_simulation(connection, rows.run(runs[0]).simulation_id)
        for run in runs:
            hold_runs(connection, HeldReason.CANARY, Run.id == run)

    migrate.downgrade(owner_url, "0019")
    migrate.upgrade(owner_url)

    assert [rows.run(run).held_reason for run in runs] == ["user", None]
    assert [rows.claim(run) is not None for run in runs] == [False, True]


def test_migrations_started_at_once_wait_for_each_other(postgres_server: PostgresServer) -> None:
    postgres_server.create_database("fresh")
    url = postgres_server.url("fresh", OWNER)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: migrate.upgrade(url), range(3)))

    migrate.check(url)


@pytest.mark.parametrize(
    ("revision", "ready"),
    [
        pytest.param("base", False, id="nothing there yet"),
        pytest.param("0001", False, id="older"),
        pytest.param("head", True, id="as new"),
        pytest.param("closed", False, id="as new, without rights of the role that asks"),
        pytest.param("9999", True, id="newer than this code"),
    ],
)
def test_services_wait_for_a_schema_that_is_new_enough(
    database_url: str, owner_url: str, owner: Database, revision: str, ready: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {
        "9999": "UPDATE alembic_version SET version_num = '9999'",
        "closed": f"REVOKE ALL ON alembic_version FROM {SERVICE}",
    }
    if revision in changes:
        with owner.transaction() as connection:
            connection.execute(text(changes[revision]))
    elif revision != "head":
        migrate.downgrade(owner_url, revision)

    def asleep(_seconds: float) -> None:
        raise StillWaiting

    monkeypatch.setattr("shared.db.migrate.time.sleep", asleep)
    if ready:
        migrate.wait(database_url)
    else:
        with pytest.raises(StillWaiting):
            migrate.wait(database_url)


class StillWaiting(Exception):
    """The schema is not ready."""


UNINDEXED = """
SELECT conrelid::regclass::text, conname FROM pg_constraint c
WHERE contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_index i
    WHERE i.indrelid = c.conrelid AND i.indpred IS NULL AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] = c.conkey
)
"""


def test_every_reference_has_an_index(rows: Rows) -> None:
    """Otherwise, deleting one row of the table that is referred to reads the whole table that refers to it."""
    with rows.database.transaction() as connection:
        assert connection.execute(text(UNINDEXED)).all() == []


def test_runs_that_ended_before_the_sort_keys_get_theirs(rows: Rows, owner_url: str) -> None:
    first, second, *_ = rows.runs(rows.submit(3, owner="anna"))
    rows.finish(rows.start(first), Finished("success", {"site_eui_kwh_per_m2": 12.5}, None))
    rows.finish(rows.start(second), FAILURE)
    keys = "SELECT run_id, owner, seconds, site_eui_kwh_per_m2 FROM ended_runs ORDER BY ended_at, run_id"
    with rows.database.transaction() as connection:
        kept = connection.execute(text(keys)).all()
    migrate.downgrade(owner_url, "0007")

    migrate.upgrade(owner_url)

    with rows.database.transaction() as connection:
        filled = connection.execute(text(keys)).all()
    assert [tuple(row) for row in filled] == [tuple(row) for row in kept]
    assert {(row.run_id, row.owner, row.site_eui_kwh_per_m2) for row in filled} == {
        (first, "anna", 12.5),
        (second, "anna", None),
    }
    assert all(row.seconds >= 0 for row in filled)


def test_a_metric_that_is_no_number_does_not_keep_a_run_from_ending(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())

    rows.finish(rows.start(run), Finished("success", {"site_eui_kwh_per_m2": "much"}, None))

    with rows.database.transaction() as connection:
        assert connection.scalars(text("SELECT site_eui_kwh_per_m2 FROM ended_runs")).all() == [None]


@pytest.mark.parametrize(("revision", "before"), COMMITTING)
def test_a_migration_that_was_interrupted_can_be_tried_again(
    owner_url: str, owner: Database, revision: str, before: str
) -> None:
    migrate.downgrade(owner_url, before)
    migrate.upgrade(owner_url, revision)
    # As if it had been interrupted at its end: what it has committed is there, and its number is not.
    with owner.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})

    migrate.upgrade(owner_url)

    migrate.check(owner_url)
