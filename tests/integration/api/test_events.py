"""What followers get: every change once, in whatever order transactions commit, and no more than they may see."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text

from api_service.runs.queries import read_run
from api_service.runs.schema import RunSchema
from api_service.simulations.queries import read_detail
from api_service.simulations.remove import Removed, remove_simulation
from api_service.simulations.schema import SimulationDetailSchema
from shared.state.beat import Beat, beat
from shared.state.cancel import cancel_simulation
from shared.state.finish import AttemptKey
from shared.state.hold import hold_simulation
from tests.backlogs import insert_backlog
from tests.integration.api.following import ADMIN, Readings, follow, names, user
from tests.rows import LEASE, Rows


@pytest.fixture
def readings(rows: Rows) -> Iterator[Readings]:
    made = Readings(rows.database)
    yield made
    made.close()


def say(rows: Rows, key: AttemptKey, progress: int, message: str = "") -> None:
    with rows.database.transaction() as connection:
        assert beat(connection, [Beat(key.run_id, key.attempt, progress, message)], lease=LEASE).held


def test_a_follower_gets_the_resource_now_and_after_every_change(rows: Rows, readings: Readings) -> None:
    simulation = rows.submit(2)
    run, other = rows.runs(simulation)
    follower = follow(user("local"), simulation)

    ((first,),) = readings.read(follower)
    assert (first.event, first.data["status"], first.data["counts"]["queued"]) == ("simulation", "queued", 2)

    key = rows.start(run)
    assert names(readings.read(follower)[0]) == [("simulation", str(simulation)), ("run", str(run))]
    assert readings.read(follower) == [[]]

    say(rows, key, 40, "July")
    of_simulation, of_run = readings.read(follower)[0]
    assert (of_simulation.data["progress"], of_run.data["progress"], of_run.data["message"]) == (20, 40, "July")

    rows.finish(key)
    rows.finish(rows.start(other))
    last = readings.read(follower)[0]
    with rows.database.transaction() as connection:
        detail, ended = read_detail(connection, simulation, ADMIN), read_run(connection, run, ADMIN)
    assert last[0].data == SimulationDetailSchema().dump(detail)
    assert next(event for event in last if event.data["id"] == str(run)).data == RunSchema().dump(ended)
    assert last[0].data["status"] == "succeeded"


def test_a_beat_that_only_renews_the_lease_is_no_change(rows: Rows, readings: Readings) -> None:
    key = rows.start(rows.runs(rows.submit())[0])
    say(rows, key, 10)
    follower = follow()
    readings.read(follower)

    say(rows, key, 10)

    assert readings.read(follower) == [[]]


def test_commits_out_of_order_are_each_seen_once(rows: Rows, readings: Readings) -> None:
    first, second = (rows.start(rows.runs(rows.submit())[0]) for _ in range(2))
    follower, witness = follow(), follow()
    readings.read(follower)

    with rows.database.transaction() as early:
        beat(early, [Beat(first.run_id, 1, 10, "")], lease=LEASE)
        # Begun later, and committed before the other one.
        say(rows, second, 20)
        (between,) = readings.read(follower)
        assert ("run", str(second.run_id)) in names(between)
        assert ("run", str(first.run_id)) not in names(between)

    (after,) = readings.read(follower)
    assert ("run", str(first.run_id)) in names(after)
    assert ("run", str(second.run_id)) not in names(after)

    # A client that goes away after the first of both events misses neither of them.
    witness.since = max(event.id for event in between)
    (again,) = readings.read(witness)
    assert {("run", str(first.run_id)), ("run", str(second.run_id))} <= set(names(again))


def test_a_follower_that_comes_back_gets_what_has_changed_since(rows: Rows, readings: Readings) -> None:
    simulation, other = rows.submit(2), rows.submit()
    before, after = rows.runs(simulation)
    follower = follow(simulation_id=simulation)
    readings.read(follower)
    rows.finish(rows.start(before))
    last = readings.read(follower)[0][-1].id

    rows.finish(rows.start(after))
    rows.finish(rows.start(rows.runs(other)[0]))
    # Another process of the API, which has read nothing before.
    elsewhere = Readings(rows.database)
    of_one, of_all = elsewhere.read(follow(simulation_id=simulation, since=last), follow(since=last))
    elsewhere.close()

    assert names(of_one) == [("simulation", str(simulation)), ("run", str(after))]
    assert {event.data["status"] for event in of_one} == {"succeeded"}
    assert set(names(of_all)) >= {("simulation", str(other)), ("run", str(after))}


def test_the_first_part_of_a_batch_does_not_move_the_cursor(rows: Rows, readings: Readings) -> None:
    follower = follow()
    readings.read(follower)
    rows.finish(rows.start(rows.runs(rows.submit())[0]))

    (events,) = readings.read(follower)

    (resumed,) = readings.read(follow(since=events[0].id))
    assert names(resumed) == names(events)


@pytest.mark.parametrize("since", [0, 10**15], ids=["malformed or too old", "from another database"])
def test_a_cursor_that_says_nothing_is_answered_by_one_reset(rows: Rows, readings: Readings, since: int) -> None:
    simulation = rows.submit()

    of_all, of_one = readings.read(follow(since=since), follow(simulation_id=simulation, since=since))

    assert [event.event for event in of_all] == ["reset"]
    assert [event.event for event in of_one] == ["reset", "simulation"]


def test_too_many_changes_since_are_answered_by_a_reset(
    rows: Rows, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = follow()
    readings.read(follower)
    runs = rows.runs(rows.submit(6))
    (event,) = readings.read(follower)[0]
    for run in runs:
        rows.start(run)

    assert len(readings.read(follow(since=event.id))[0]) == 7
    monkeypatch.setattr("api_service.live.queries.RESUMABLE_CHANGES", 4)
    assert [event.event for event in readings.read(follow(since=event.id))[0]] == ["reset"]


def test_only_what_a_follower_may_see_is_sent(rows: Rows, readings: Readings) -> None:
    followers = [follow(user("anna")), follow(user("bert")), follow()]
    readings.read(*followers)
    simulation = rows.submit(owner="anna")
    key = rows.start(rows.runs(simulation)[0])

    expected = [("simulation", str(simulation)), ("run", str(key.run_id))]
    assert [names(events) for events in readings.read(*followers)] == [expected, [], expected]

    rows.finish(key)
    back = [follow(user("anna"), since=0), follow(user("bert"), since=0), follow(user("bert"), simulation, since=0)]
    assert [[event.event for event in events] for events in readings.read(*back)] == [["reset"]] * 2 + [
        ["reset", "simulation"]
    ]


def test_a_deleted_simulation_is_named_and_ends_its_stream(rows: Rows, readings: Readings) -> None:
    simulation = rows.submit()
    rows.finish(rows.start(rows.runs(simulation)[0]))
    of_one, of_all, late = follow(simulation_id=simulation), follow(), follow()
    readings.read(of_one, of_all, late)
    with rows.database.transaction() as connection:
        assert remove_simulation(connection, simulation) is Removed.DONE

    batches = readings.batches([of_one, of_all])
    assert [[subject.event for subject in batch.events] for batch in batches if batch] == [["deleted"]] * 2
    assert [batch.is_last for batch in batches if batch] == [True, False]

    # Whoever did not read before the row was gone has to read everything again.
    with rows.database.transaction() as connection:
        connection.execute(text("DELETE FROM simulations"))
    cursor = max(batch.previous for batch in batches if batch)
    assert [event.event for event in readings.read(follow(since=cursor))[0]] == ["reset"]


def test_changes_of_a_simulation_alone_are_sent(rows: Rows, readings: Readings) -> None:
    simulation = rows.submit()
    rows.start(rows.runs(simulation)[0])
    follower = follow()
    readings.read(follower)

    with rows.database.transaction() as connection:
        hold_simulation(connection, simulation)

    ((event,),) = readings.read(follower)
    assert event.data["held_at"] is not None


def test_500_followers_cost_the_same_statements_as_one(rows: Rows) -> None:
    simulation = rows.submit(3)
    runs = rows.runs(simulation)
    costs = []
    for count in (1, 500):
        readings = Readings(rows.database)
        followers = [follow(user("local"), simulation) for _ in range(count)]
        with readings.counted() as first:
            readings.read(*followers)
        rows.start(runs.pop())
        with readings.counted() as second:
            batches = readings.batches(followers)
        with readings.counted() as idle:
            readings.batches(followers)
        readings.close()
        costs.append((len(first), len(second), len(idle)))
        # One object, so encoded once for all of them.
        assert len({id(batch) for batch in batches}) == 1
    assert costs[0] == costs[1]
    assert costs[0][-1] <= 4


def test_batches_stay_small_while_20_000_runs_change(rows: Rows, readings: Readings) -> None:
    rows.new_simulation()
    with rows.database.transaction() as connection:
        insert_backlog(connection, simulations=1, runs=20_000)
        simulation: UUID = connection.execute(text("SELECT id FROM simulations")).scalar_one()
    reads, waits = follow(simulation_id=simulation), follow()
    readings.read(reads, waits)
    changes = text("UPDATE runs SET message = 'x' WHERE index >= :first AND index < :first + 50")
    for second in range(8):
        with rows.database.transaction() as connection:
            connection.execute(changes, {"first": 50 * second})
        events = readings.read(reads, among=[waits])[0]
        assert Counter(event.event for event in events) == {"simulation": 1, "run": 50}

    # For one that did not read, only the newest state waits, and of so many runs only where they are.
    assert [event.event for event in readings.read(waits)[0]] == ["simulation", "refetch"]

    with rows.database.transaction() as connection:
        cancel_simulation(connection, simulation)
    assert [event.event for event in readings.read(reads)[0]] == ["simulation", "refetch"]


def test_rows_of_a_dump_from_another_server_are_not_sent_for_ever(rows: Rows, readings: Readings) -> None:
    simulation = rows.submit()
    with rows.database.transaction() as connection:
        connection.execute(text("ALTER TABLE simulations DISABLE TRIGGER raise_revision"))
        connection.execute(text("UPDATE simulations SET revision = 1000000000000"))
    follower = follow()
    readings.read(follower)

    assert readings.read(follower) == [[]]
    rows.start(rows.runs(simulation)[0])
    assert names(readings.read(follower)[0])[0] == ("simulation", str(simulation))
