"""The files of a linked run are those of the run that was executed, and are kept as long as either is."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.dialects.postgresql import insert

from scheduler_service.orphans import OrphanSearch
from scheduler_service.retention import Retention
from shared.db.tables import Fingerprint
from shared.enums import Outcome
from shared.state.caps import stored_bytes
from shared.state.reuse import settle
from shared.storage.local import LocalStorage
from tests.integration.concurrency import until_a_session_waits
from tests.integration.reusing import PLAIN, Reusing
from tests.integration.scheduling import execute, finished_run, keys
from tests.rows import Rows

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture
def retention(rows: Rows, storage: LocalStorage) -> Retention:
    return Retention(rows.database, storage, 30 * DAY, DAY)


def executed(rows: Rows, storage: LocalStorage, tmp_path: Path) -> tuple[UUID, str]:
    """Returns a simulation whose run others can be linked to, and the key of its file."""
    simulation, key = finished_run(rows, storage, tmp_path)
    (run,) = rows.runs(simulation)
    same = {"owner": "local", "physics": PLAIN.physics, "maker": PLAIN.maker, "outputs": []}
    with rows.database.transaction() as connection:
        connection.execute(insert(Fingerprint).values(run_id=run, attempt=1, **same))
    return simulation, key


def linked(rows: Rows) -> UUID:
    """Returns a simulation whose run was linked."""
    (run,) = Reusing(rows).submit()
    assert Reusing(rows).settled(run) is Outcome.REUSED
    found: UUID = rows.run(run).simulation_id
    return found


def delete(rows: Rows, *simulations: UUID) -> None:
    for simulation in simulations:
        execute(rows, f"UPDATE simulations SET deleted_at = now() WHERE id = '{simulation}'")  # noqa: S608


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_files_go_with_the_last_run_that_has_them(
    rows: Rows, storage: LocalStorage, retention: Retention, tmp_path: Path, order: Sequence[int]
) -> None:
    first, file = executed(rows, storage, tmp_path)
    simulations = [first, linked(rows), linked(rows)]

    left = []
    for place in order:
        delete(rows, simulations[place])
        retention.run()
        left.append(file in keys(storage))

    assert left == [True, True, False]


def test_files_of_linked_runs_are_no_orphans_and_answer_further_runs(
    rows: Rows, storage: LocalStorage, retention: Retention, tmp_path: Path
) -> None:
    first, file = executed(rows, storage, tmp_path)
    second = linked(rows)
    delete(rows, first)
    retention.run()
    OrphanSearch(rows.database, storage, tmp_path / "scratch", timedelta(0)).run()
    assert file in keys(storage)

    third = linked(rows)
    assert rows.run(rows.runs(third)[0]).reused_from == rows.run(rows.runs(second)[0]).reused_from
    delete(rows, second, third)
    retention.run()

    assert file not in keys(storage)


def test_retention_waits_for_a_run_that_is_being_linked(
    rows: Rows, storage: LocalStorage, retention: Retention, tmp_path: Path
) -> None:
    first, file = executed(rows, storage, tmp_path)
    (run,) = Reusing(rows).submit()
    key = rows.start(run)

    with ThreadPoolExecutor(1) as pool:
        with rows.database.transaction() as connection:
            assert settle(connection, key, "local", PLAIN, reuse=True) is Outcome.REUSED
            delete(rows, first)
            passing = pool.submit(retention.run)
            until_a_session_waits(rows)
        passing.result()

    assert file in keys(storage)


def test_files_that_runs_have_in_common_count_once_for_their_owner(
    rows: Rows, storage: LocalStorage, tmp_path: Path
) -> None:
    def stored() -> int:
        with rows.database.transaction() as connection:
            return stored_bytes(connection, "local")

    executed(rows, storage, tmp_path)
    before = stored()
    linked(rows)

    assert stored() == before > 0
