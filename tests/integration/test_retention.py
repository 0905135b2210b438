"""Retention: deletes what is no longer needed, with its files, and nothing else."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from scheduler_service.dependants import Dependants
from scheduler_service.orphans import OrphanSearch
from scheduler_service.retention import Retention
from shared.db.tables import Artifact, Simulation
from shared.state.cancel import cancel_simulation
from shared.state.ledger import discrepancies
from shared.storage.base import hash_file
from shared.storage.local import LocalStorage
from tests.integration.scheduling import execute, finished_run, keys
from tests.integration.waiting import submit as wait_for
from tests.rows import FAILURE, SUCCESS, Rows

DAY = timedelta(days=1)


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture
def keep(tmp_path: Path, storage: LocalStorage) -> Callable[[bytes], str]:
    """Stores an input; returns its hash."""

    def store(content: bytes) -> str:
        path = tmp_path / "file"
        path.write_bytes(content)
        return storage.put_input(path, hash_file(path)[0]).sha256

    return store


def enter(rows: Rows, storage: LocalStorage, sha256: str) -> None:
    with rows.database.transaction() as connection:
        key = next(item.key for item in storage.walk("inputs/") if item.key.endswith(sha256))
        connection.execute(insert(Artifact).values(sha256=sha256, key=key, size=1))


def test_results_past_retention_go_with_their_files_and_their_inputs(
    rows: Rows, storage: LocalStorage, tmp_path: Path, keep: Callable[[bytes], str]
) -> None:
    old, old_file = finished_run(rows, storage, tmp_path)
    execute(rows, "UPDATE simulations SET ended_at = ended_at - interval '31 days'")
    new, new_file = finished_run(rows, storage, tmp_path)

    Retention(rows.database, storage, 30 * DAY, DAY).run()

    assert new_file in keys(storage)
    assert old_file not in keys(storage)
    with rows.database.transaction() as connection:
        assert connection.scalars(select(Simulation.id)).all() == [new]
    assert old != new


def test_a_deleted_simulation_goes_with_the_next_pass(rows: Rows, storage: LocalStorage, tmp_path: Path) -> None:
    _, file = finished_run(rows, storage, tmp_path)
    execute(rows, "UPDATE simulations SET deleted_at = now()")

    Retention(rows.database, storage, 30 * DAY, DAY).run()

    assert file not in keys(storage)


def test_a_deleted_simulation_stays_until_those_that_wait_for_it_have_gone_on(
    rows: Rows, storage: LocalStorage, tmp_path: Path
) -> None:
    old, file = finished_run(rows, storage, tmp_path)
    waiting = wait_for(rows, old)
    execute(rows, "UPDATE simulations SET deleted_at = now() WHERE ended_at IS NOT NULL")
    Retention(rows.database, storage, 30 * DAY, DAY).run()
    assert file in keys(storage)

    Dependants(rows.database).run()
    Retention(rows.database, storage, 30 * DAY, DAY).run()

    assert file not in keys(storage)
    assert rows.simulation(waiting).status == "queued"


def test_many_runs_go_in_several_transactions_with_right_counters_in_between(
    rows: Rows, storage: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler_service.retention.RUNS", 2)
    simulation = rows.submit(5)
    runs = rows.runs(simulation)
    for run, finished in zip(runs, (SUCCESS, FAILURE, SUCCESS, FAILURE, SUCCESS), strict=True):
        key = rows.start(run)
        rows.finish(key, finished)
        (tmp_path / "eplusout.err").write_text("fine")
        storage.put_output(tmp_path / "eplusout.err", run, key.attempt, "eplusout.err")
    execute(rows, "UPDATE simulations SET deleted_at = now()")
    deleted = []
    delete = storage.delete

    def note(key: str) -> None:
        with rows.database.transaction() as connection:
            assert discrepancies(connection) == {}
        deleted.append((UUID(key.split("/")[1]), rows.simulation(simulation).total))
        delete(key)

    monkeypatch.setattr(storage, "delete", note)

    Retention(rows.database, storage, DAY, DAY).run()

    # Files go before the rows of their runs.
    assert deleted == list(zip(runs, (5, 5, 3, 3, 1), strict=True))
    assert list(storage.walk("runs/")) == []
    assert rows.runs(simulation) == []


def test_retention_goes_on_where_a_killed_one_stopped(rows: Rows, storage: LocalStorage, tmp_path: Path) -> None:
    _, file = finished_run(rows, storage, tmp_path)
    execute(rows, "UPDATE simulations SET deleted_at = now()")
    storage.delete(file)

    Retention(rows.database, storage, 30 * DAY, DAY).run()

    with rows.database.transaction() as connection:
        assert connection.scalars(select(Simulation.id)).all() == []


def test_unused_inputs_go_after_their_grace_and_others_stay(
    rows: Rows, storage: LocalStorage, keep: Callable[[bytes], str]
) -> None:
    idle, fresh, used = keep(b"idle"), keep(b"fresh"), keep(b"used")
    for sha256 in (idle, fresh, used):
        enter(rows, storage, sha256)
    rows.submit()
    execute(rows, f"UPDATE simulation_inputs SET sha256 = '{used}' WHERE role = 'model'")  # noqa: S608
    execute(rows, f"UPDATE artifacts SET last_used_at = now() - interval '2 days' WHERE sha256 <> '{fresh}'")  # noqa: S608

    Retention(rows.database, storage, 30 * DAY, DAY).run()

    left = {key.rpartition("/")[2] for key in keys(storage)}
    assert left == {fresh, used}
    with rows.database.transaction() as connection:
        assert idle not in connection.scalars(select(Artifact.sha256)).all()


def test_a_file_without_a_row_goes_only_after_its_grace(
    rows: Rows, storage: LocalStorage, tmp_path: Path, keep: Callable[[bytes], str]
) -> None:
    _, kept = finished_run(rows, storage, tmp_path)
    keep(b"an upload in progress")
    (tmp_path / "left").write_text("left")
    orphan = storage.put_output(tmp_path / "left", uuid4(), 1, "left.txt").key
    (tmp_path / "scratch").mkdir()
    for name in (f"run-{uuid4()}-1", "upload-x", "not-ours"):
        (tmp_path / "scratch" / name).mkdir()

    def search(grace: timedelta) -> None:
        OrphanSearch(rows.database, storage, tmp_path / "scratch", grace).run()

    before = keys(storage)
    search(DAY)
    assert keys(storage) == before

    search(timedelta(seconds=-60))

    assert keys(storage) == {kept}
    assert orphan not in keys(storage)
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == ["not-ours"]


def test_scratch_that_is_deep_or_gone_in_between_stops_no_sweep(
    rows: Rows, storage: LocalStorage, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    deep = scratch / f"run-{UUID(int=1)}-1"
    deep.mkdir(parents=True)
    for level in range(3000):
        # Deeper than the maximum length of a path, by moving the tree into a new directory.
        above = scratch / f"new-{level}"
        above.mkdir()
        deep.rename(above / "d")
        above.rename(deep)
    vanishing = Vanishing(scratch)

    OrphanSearch(rows.database, storage, vanishing, timedelta(seconds=-60)).run()

    assert list(scratch.iterdir()) == []


class Vanishing(type(Path())):  # type: ignore[misc]  # the class that paths have here
    """A directory that lists an entry which no longer exists when it is read."""

    def glob(self, pattern: str) -> Iterator[Path]:
        yield Path(self) / f"run-{UUID(int=2)}-1"
        yield from Path(self).glob(pattern)


def test_files_of_a_running_run_are_kept(rows: Rows, storage: LocalStorage, tmp_path: Path) -> None:
    (run,) = rows.runs(rows.submit())
    key = rows.start(run)
    (tmp_path / "half").write_text("half")
    stored = storage.put_output(tmp_path / "half", run, key.attempt, "eplusout.err").key

    OrphanSearch(rows.database, storage, tmp_path / "none", timedelta(seconds=-60)).run()

    assert stored in keys(storage)


def test_a_cancelled_simulation_is_retained_like_any_other(rows: Rows, storage: LocalStorage) -> None:
    simulation = rows.submit(2)
    with rows.database.transaction() as connection:
        cancel_simulation(connection, simulation)

    Retention(rows.database, storage, 30 * DAY, DAY).run()

    assert rows.simulation(simulation).status == "cancelled"
