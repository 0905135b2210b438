"""What followers get: every change once, in whatever order transactions commit, and no more than they may see."""

from collections import Counter
from uuid import UUID

from sqlalchemy import text

from api_service.runs.queries import read_run
from api_service.runs.schema import RunSchema
from api_service.simulations.queries import read_detail
from api_service.simulations.schema import SimulationDetailSchema
from shared.db.database import Database
from shared.state.beat import Beat, beat
from shared.state.cancel import cancel_simulation
from shared.state.finished import AttemptKey
from shared.state.hold import hold_simulation
from tests.backlogs import insert_backlog
from tests.integration.api.following import ADMIN, Readings, follow, names, user
from tests.rows import LEASE, Rows


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
    assert names(readings.read(follower)[0]) == [("run", str(run)), ("simulation", str(simulation))]
    assert readings.read(follower) == [[]]

    say(rows, key, 40, "July")
    of_run, of_simulation = readings.read(follower)[0]
    assert (of_simulation.data["progress"], of_run.data["progress"], of_run.data["message"]) == (20, 40, "July")

    rows.finish(key)
    rows.finish(rows.start(other))
    last = readings.read(follower)[0]
    with rows.database.transaction() as connection:
        detail, ended = read_detail(connection, simulation, ADMIN), read_run(connection, run, ADMIN)
    # Who reads that a simulation has ended has had its runs.
    assert last[-1].data == SimulationDetailSchema().dump(detail)
    assert next(event for event in last if event.data["id"] == str(run)).data == RunSchema().dump(ended)
    assert last[-1].data["status"] == "succeeded"


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


def test_a_new_follower_misses_nothing_while_its_first_batch_is_on_its_way(rows: Rows, readings: Readings) -> None:
    simulation = rows.submit()
    (run,) = rows.runs(simulation)
    follower = follow(simulation_id=simulation)
    # The event loop does not run between these two readings.
    readings.changes.read([follower])
    rows.start(run)

    assert ("run", str(run)) in names(readings.read(follower)[0])


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
    # One that runs has its time left read, too.
    rows.start(runs.pop())
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
    assert [event.event for event in readings.read(waits, among=[reads])[0]] == ["refetch", "simulation"]

    with rows.database.transaction() as connection:
        cancel_simulation(connection, simulation)
    assert [event.event for event in readings.read(reads)[0]] == ["refetch", "simulation"]


def test_rows_of_a_dump_from_another_server_are_not_sent_for_ever(
    rows: Rows, owner: Database, readings: Readings
) -> None:
    simulation = rows.submit()
    with owner.transaction() as connection:
        connection.execute(text("ALTER TABLE simulations DISABLE TRIGGER raise_revision"))
        connection.execute(text("UPDATE simulations SET revision = 1000000000000"))
    follower = follow()
    readings.read(follower)

    assert readings.read(follower) == [[]]
    rows.start(rows.runs(simulation)[0])
    assert names(readings.read(follower)[0])[-1] == ("simulation", str(simulation))
