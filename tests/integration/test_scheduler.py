"""What the scheduler takes away, repairs and measures; time is moved in the database, never waited for."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text

from scheduler_service.canary import CanaryJob
from scheduler_service.only_one import only_one
from scheduler_service.orphans import OrphanSearch
from scheduler_service.reaper import HealthyFor, Reaper
from scheduler_service.reconciler import Reconciler
from scheduler_service.retention import Retention
from shared import metrics
from shared.db.tables import Artifact, Canary, Simulation
from shared.messages import DispatchMessage
from shared.state.cancel import cancel_simulation
from shared.state.finish import Finished, OutputFile
from shared.state.policy import RetryPolicy
from shared.storage.base import hash_file
from shared.storage.local import LocalStorage
from tests.rows import LEASE, Rows

POLICY = RetryPolicy(timedelta(0))
DAY = timedelta(days=1)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture
def keep(tmp_path: Path, storage: LocalStorage) -> Callable[[bytes], str]:
    """Store an input; its hash."""

    def store(content: bytes) -> str:
        path = tmp_path / "file"
        path.write_bytes(content)
        return storage.put_input(path, hash_file(path)[0]).sha256

    return store


def execute(rows: Rows, statement: str) -> None:
    with rows.database.transaction() as connection:
        connection.execute(text(statement))


def enter(rows: Rows, storage: LocalStorage, sha256: str) -> None:
    with rows.database.transaction() as connection:
        key = next(item.key for item in storage.walk("inputs/") if item.key.endswith(sha256))
        connection.execute(insert(Artifact).values(sha256=sha256, key=key, size=1))


def finished_run(rows: Rows, storage: LocalStorage, tmp_path: Path) -> tuple[UUID, str]:
    """A simulation whose run has left a file; the simulation and the file's key."""
    simulation = rows.submit()
    (run,) = rows.runs(simulation)
    key = rows.start(run)
    (tmp_path / "eplusout.err").write_text("fine")
    stored = storage.put_output(tmp_path / "eplusout.err", run, key.attempt, "eplusout.err")
    rows.finish(
        key,
        Finished("success", {}, None, (), [OutputFile("eplusout.err", stored.key, stored.sha256, stored.size)]),
    )
    return simulation, stored.key


def keys(storage: LocalStorage) -> set[str]:
    return {item.key for item in storage.walk("")}


def test_leases_are_reaped_only_after_a_whole_lease_of_health(rows: Rows) -> None:
    rows.worker()
    (run,) = rows.runs(rows.submit())
    rows.start(run)
    rows.expire(run)
    clock = Clock()
    reaper = Reaper(rows.database, POLICY, LEASE, HealthyFor(clock))

    assert reaper.run() == 0
    clock.now += LEASE.total_seconds() - 1
    assert reaper.run() == 0
    clock.now += 1
    assert reaper.run() == 1
    assert (rows.run(run).status, rows.run(run).charged) == ("queued", 1)


def test_a_failure_starts_the_time_of_health_anew() -> None:
    clock = Clock()
    healthy = HealthyFor(clock)
    healthy.succeeded()
    clock.now += 10
    assert healthy.succeeded() == 10
    healthy.failed()
    clock.now += 10
    assert healthy.succeeded() == 0


def test_a_run_that_keeps_losing_its_worker_fails_with_a_reason(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit(max_attempts=2))
    for _ in range(2):
        rows.start(run)
        rows.expire(run)
        clock = Clock()
        reaper = Reaper(rows.database, POLICY, LEASE, HealthyFor(clock))
        reaper.run()
        clock.now += 1000
        assert reaper.run() == 1

    assert (rows.run(run).status, rows.run(run).error_code) == ("failed", "worker_lost")
    assert "the last one). It may be the run that ends its workers" in rows.run(run).error_message
    assert "2 of 2" in rows.run(run).error_message


def test_a_job_that_another_scheduler_has_is_left_to_it(rows: Rows) -> None:
    with only_one(rows.database, "job") as first:
        assert first is not None
        with only_one(rows.database, "job") as second:
            assert second is None
    with only_one(rows.database, "job") as third:
        assert third is not None


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


def test_retention_goes_on_where_a_killed_one_stopped(rows: Rows, storage: LocalStorage, tmp_path: Path) -> None:
    _, file = finished_run(rows, storage, tmp_path)
    execute(rows, "UPDATE simulations SET deleted_at = now()")
    storage.delete(file)

    Retention(rows.database, storage, 30 * DAY, DAY).run()

    with rows.database.transaction() as connection:
        assert connection.scalars(select(Simulation.id)).all() == []


def test_inputs_nobody_uses_go_after_their_grace_and_others_stay(
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
        # Deeper than a path can say, by moving what is there into something new.
        above = scratch / f"new-{level}"
        above.mkdir()
        deep.rename(above / "d")
        above.rename(deep)
    vanishing = Vanishing(scratch)

    OrphanSearch(rows.database, storage, vanishing, timedelta(seconds=-60)).run()

    assert list(scratch.iterdir()) == []


class Vanishing(type(Path())):  # type: ignore[misc]  # the class that paths have here
    """A directory that lists what is gone by the time somebody looks at it."""

    def glob(self, pattern: str) -> Iterator[Path]:
        yield Path(self) / f"run-{UUID(int=2)}-1"
        yield from Path(self).glob(pattern)


def test_files_of_a_run_that_goes_on_are_left_alone(rows: Rows, storage: LocalStorage, tmp_path: Path) -> None:
    (run,) = rows.runs(rows.submit())
    key = rows.start(run)
    (tmp_path / "half").write_text("half")
    stored = storage.put_output(tmp_path / "half", run, key.attempt, "eplusout.err").key

    OrphanSearch(rows.database, storage, tmp_path / "none", timedelta(seconds=-60)).run()

    assert stored in keys(storage)


class RecordedMessages:
    """A publisher that only counts."""

    def __init__(self) -> None:
        self.canaries: list[UUID] = []

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        raise AssertionError

    def publish_canary(self, canary_id: UUID) -> None:
        self.canaries.append(canary_id)

    def waiting(self, engine: str) -> int:
        return 0


def test_one_canary_a_period_whoever_sends_it_and_its_latency(rows: Rows) -> None:
    sent = RecordedMessages()
    jobs = [CanaryJob(rows.database, sent, timedelta(seconds=60)) for _ in range(2)]

    for job in jobs:
        job.run()

    assert len(sent.canaries) == 1
    execute(rows, "UPDATE canaries SET received_at = sent_at + interval '0.5 seconds'")
    jobs[0].measure()
    assert metrics.canary_latency_seconds._value.get() == pytest.approx(0.5)
    execute(rows, "UPDATE canaries SET received_at = NULL, sent_at = now() - interval '1 hour'")
    jobs[1].measure()
    assert metrics.canary_unanswered._value.get() == 1
    with rows.database.transaction() as connection:
        assert len(connection.scalars(select(Canary.id)).all()) == 1


def test_a_lost_message_is_found_and_a_wrong_counter_is_told(rows: Rows) -> None:
    simulation = rows.submit()
    execute(rows, "UPDATE runs SET published_at = now() - interval '1 hour'")
    reconciler = Reconciler(rows.database, RecordedMessages(), LEASE)

    assert reconciler.release_lost_messages() == 1
    assert rows.run(rows.runs(simulation)[0]).published_at is None
    assert reconciler.check_ledger() == 0
    execute(rows, "UPDATE simulations SET total = 2")
    assert reconciler.check_ledger() == 1
    execute(rows, "UPDATE simulations SET total = 1")


def test_workers_silent_for_a_day_are_forgotten(rows: Rows) -> None:
    rows.worker("old")
    execute(rows, "UPDATE workers SET beat_at = now() - interval '2 days'")
    rows.worker("new")

    assert Reconciler(rows.database, RecordedMessages(), LEASE).forget_dead_workers() == 1


def test_a_cancelled_simulation_is_retained_like_any_other(rows: Rows, storage: LocalStorage) -> None:
    simulation = rows.submit(2)
    with rows.database.transaction() as connection:
        cancel_simulation(connection, simulation)

    Retention(rows.database, storage, 30 * DAY, DAY).run()

    assert rows.simulation(simulation).status == "cancelled"
