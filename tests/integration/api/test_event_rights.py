"""What followers are not sent: what they may not see, and what has been deleted."""

from sqlalchemy import text

from api_service.simulations.remove import Removed, remove_simulation
from tests.integration.api.following import Readings, follow, names, user
from tests.rows import Rows


def test_only_what_a_follower_may_see_is_sent(rows: Rows, readings: Readings) -> None:
    followers = [follow(user("anna")), follow(user("bert")), follow()]
    readings.read(*followers)
    simulation = rows.submit(owner="anna")
    key = rows.start(rows.runs(simulation)[0])

    expected = [("run", str(key.run_id)), ("simulation", str(simulation))]
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
