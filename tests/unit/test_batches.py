"""What waits for a follower: the newest state of each subject, bounded, with ids from which nothing is missed."""

from uuid import UUID, uuid4

from api_service.live.batch import MOST_EVENTS, MOST_RUNS, Batch, Subject, bounded, encoded
from shared.db.revision import sees

SIMULATION = uuid4()


def run(number: int, simulation_id: UUID = SIMULATION) -> Subject:
    return Subject("run", str(number), simulation_id)


def test_only_the_last_event_has_the_new_cursor() -> None:
    batch = Batch(5, 9, {run(1): encoded("run", {"id": "1"}), run(2): encoded("run", {"id": "2"})})

    assert batch.body == b'id: 5\nevent: run\ndata: {"id":"1"}\n\nid: 9\nevent: run\ndata: {"id":"2"}\n\n'
    assert Batch(5, 9, {}).body == b": heartbeat\nid: 9\n\n"


def test_batches_that_wait_become_one_with_the_newest_state_last() -> None:
    older = Batch(1, 2, {run(1): b"old", run(2): b"kept"})

    merged = older.followed_by(Batch(2, 3, {run(1): b"new"}, is_last=True))

    assert merged == Batch(1, 3, {run(2): b"kept", run(1): b"new"}, is_last=True)
    assert list(merged.events) == [run(2), run(1)]


def test_too_many_runs_of_a_simulation_become_one_refetch_and_stay_it() -> None:
    other = run(0, uuid4())
    many = bounded({other: b"", **{run(n): b"" for n in range(MOST_RUNS + 1)}})

    assert {subject.event for subject in many} == {"refetch", "run"}
    assert len(many) == 2
    assert bounded({**many, run(7): b""}) == many


def test_too_many_events_become_one_reset() -> None:
    events = bounded({Subject("simulation", str(n), uuid4()): b"" for n in range(MOST_EVENTS + 1)})

    assert [subject.event for subject in events] == ["reset"]


def test_a_snapshot_sees_what_was_committed_before_it() -> None:
    snapshot = "10:20:10,15"

    assert [n for n in (9, 10, 14, 15, 19, 20) if sees(snapshot, n)] == [9, 14, 19]
    assert sees("10:10:", 9)
