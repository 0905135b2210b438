"""What estimates are made from is read in a bounded number of pages, however many runs have ended."""

from typing import cast
from uuid import UUID

from sqlalchemy import select, text

from api_service.simulations.time_left_queries import read_paces
from api_service.submission.estimate_queries import earlier_runs, latest_fit
from scheduler_service.time_fit import MOST_ATTEMPTS, TimeFitting
from shared.db.database import Database
from shared.db.tables import Simulation, TimeFit
from tests.backlogs import counted, freeze_statistics
from tests.rows import Rows

#: Of one simulation: most have one model, the others a hundred.
ENDED, MODELS = 20_000, 100
SIMULATION = """
INSERT INTO simulations (id, owner, name, priority, spec, correlation_id, total, succeeded, status, soft_limit_seconds,
    hard_limit_seconds, started_at, ended_at)
VALUES (gen_random_uuid(), 'one', 'ended', 1, '{}', '', :ended, :ended, 'succeeded', 10, 20, now(), now())
"""
RUNS = """
INSERT INTO runs (id, simulation_id, index, model, weather, parameters, engine, status, verdict, progress, attempt,
    charged, max_attempts, worker_id, started_at, ended_at)
SELECT gen_random_uuid(), simulations.id, n, 'a.idf', 'b.epw', '{}', '25.2.0', 'succeeded', 'success', 100, 1, 1, 3,
    'worker', now() - interval '1 minute', now() + n * interval '1 microsecond'
FROM simulations, generate_series(1, :ended) n WHERE name = 'ended'
"""
ATTEMPTS = """
INSERT INTO attempts (run_id, number, worker_id, started_at, ended_at, outcome, model_sha256, features)
SELECT id, 1, 'worker', started_at, ended_at, 'succeeded',
    CASE WHEN index % 10 = 0 THEN 'm' || index % :models ELSE 'm' END,
    '{"zones": 1, "surfaces": 6, "openings": 0, "systems": 0, "plant": 0, "steps_per_hour": 4, "environments": 1,
      "days": 7, "series": 0, "finite_differences": false, "air_network": false}'
FROM runs WHERE status = 'succeeded'
ON CONFLICT DO NOTHING
"""
#: As the trigger of an update of runs writes them.
ENDED_RUNS = """
INSERT INTO ended_runs (run_id, simulation_id, owner, started_at, ended_at, seconds)
SELECT id, simulation_id, 'one', started_at, ended_at, 60 FROM runs WHERE status = 'succeeded' ON CONFLICT DO NOTHING
"""
#: The latest hundred attempts with their runs and simulations, or twenty of each of eleven models; all have thousands.
MOST_PAGES = 1_500


def test_estimates_read_a_bounded_number_of_pages(rows: Rows, owner: Database) -> None:
    rows.new_simulation()
    freeze_statistics(rows, owner, 0, 30)
    with rows.database.transaction() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text(SIMULATION), {"ended": ENDED})
        connection.execute(text(RUNS), {"ended": ENDED})
        connection.execute(text(ATTEMPTS), {"models": MODELS})
        connection.execute(text(ENDED_RUNS))

    with counted(rows.database) as pages:
        with rows.database.transaction() as connection:
            simulation = cast(UUID, connection.scalar(select(Simulation.id).where(Simulation.name == "ended")))
            assert len(earlier_runs(connection, "one", ["m"])["m"]) == 100
            latest_fit(connection)
            assert len(read_paces(connection, [simulation])[simulation].seconds) == 20
        with owner.transaction() as connection:
            # As runs that are withdrawn while they are queued.
            connection.execute(text("UPDATE ended_runs SET seconds = NULL"))
        with rows.database.transaction() as connection:
            assert read_paces(connection, [simulation]) == {}
        TimeFitting(rows.database).run()

    with rows.database.transaction() as connection:
        (fit,) = connection.scalars(select(TimeFit.fit))
    # Ten times ten models, and the one that most attempts are of.
    assert (fit["models"], fit["runs"]) == (11, 11 * MOST_ATTEMPTS)
    assert {sql: read for sql, read in pages.most().items() if read > MOST_PAGES} == {}
