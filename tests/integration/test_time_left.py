"""Time left of simulations: read with the simulation, whatever its number of runs."""

from uuid import UUID

from sqlalchemy import text

from api_service.simulations.queries import SimulationView, read_detail
from shared.state.hold import hold_simulation
from tests.integration.api.following import ADMIN
from tests.rows import Rows


def detail(rows: Rows, simulation: UUID) -> SimulationView:
    with rows.database.transaction() as connection:
        found = read_detail(connection, simulation, ADMIN)
    assert found is not None
    return found


def took(rows: Rows, run: UUID, seconds: float, ago: float) -> None:
    """Makes an ended run one of `seconds`, that ended `ago`."""
    moved = "UPDATE runs SET ended_at = now() - :ago * interval '1 s', started_at = now() - :begin * interval '1 s'"
    with rows.database.transaction() as connection:
        connection.execute(text(f"{moved} WHERE id = :run"), {"ago": ago, "begin": ago + seconds, "run": run})


def test_the_time_left_follows_from_the_runs_that_have_ended(rows: Rows) -> None:
    simulation = rows.submit(12)
    runs = rows.runs(simulation)
    assert detail(rows, simulation).time_left is None
    for number, run in enumerate(runs[:3]):
        rows.finish(rows.start(run))
        took(rows, run, 60.0, 60.0 * (2 - number))
    rows.start(runs[3])

    left = detail(rows, simulation).time_left

    assert left is not None
    # Nine runs of a minute, one at a time.
    assert 500 < left.p50 < 580
    assert left.p50 < left.p90 < 700


def test_runs_that_were_linked_to_a_result_say_nothing_about_the_pace(rows: Rows) -> None:
    simulation = rows.submit(12)
    runs = rows.runs(simulation)
    for number, run in enumerate(runs[:3]):
        rows.finish(rows.start(run))
        took(rows, run, 60.0, 60.0 * (2 - number))
    rows.start(runs[3])
    before = detail(rows, simulation).time_left
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET reused_from = id WHERE id = :run"), {"run": runs[2]})
    took(rows, runs[2], 0.05, 0.0)

    after = detail(rows, simulation).time_left

    assert before is not None
    assert after is not None
    assert after.p50 > 0.9 * before.p50


def test_before_a_run_has_ended_progress_tells(rows: Rows) -> None:
    simulation, other = rows.submit(2), rows.submit(1)
    key = rows.start(rows.runs(simulation)[0])
    rows.beat(key, 50, "June")
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET started_at = now() - interval '30 s' WHERE status = 'running'"))

    left = detail(rows, simulation).time_left

    assert left is not None
    assert 85 < left.p50 < 115
    assert detail(rows, other).time_left is None


def test_a_simulation_that_is_held_or_has_ended_has_no_time_left(rows: Rows) -> None:
    simulation = rows.submit(3)
    first, second, third = rows.runs(simulation)
    rows.finish(rows.start(first))
    took(rows, first, 60.0, 1.0)
    rows.start(second)
    with rows.database.transaction() as connection:
        hold_simulation(connection, simulation)
    assert detail(rows, simulation).time_left is None

    stopped = rows.submit(3)
    (first, *_) = rows.runs(stopped)
    rows.beat(rows.start(first), 50, "June")
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET started_at = now() - interval '30 s' WHERE status = 'running'"))
    assert detail(rows, stopped).time_left is not None
    with rows.database.transaction() as connection:
        opened = "UPDATE simulations SET breaker_opened_at = now(), breaker_cause = :cause WHERE id = :stopped"
        cause = '{"failures": 1, "same_cause": true, "code": "c", "message": "m", "run_id": "' + str(first) + '"}'
        connection.execute(text(opened), {"stopped": stopped, "cause": cause})
    assert detail(rows, stopped).time_left is None

    ended = rows.submit(1)
    rows.finish(rows.start(rows.runs(ended)[0]))
    assert detail(rows, ended).time_left is None
    assert third
