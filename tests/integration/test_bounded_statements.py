"""Every statement on a run's way reads a bounded number of pages, whatever waits and whatever Postgres believes."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from api_service.identity.scope import Scope
from api_service.identity.who import How, Identity
from api_service.runs.queries import RunFilter, list_runs, read_run
from api_service.simulations.queries import SimulationFilter, list_simulations, read_detail
from scheduler_service.reaper import HealthyFor, Reaper
from shared.db.tables import Run, Simulation
from shared.messages import DispatchMessage
from shared.state.beat import Beat, beat
from shared.state.cancel import Cancelled, cancel_run
from shared.state.finish import AttemptKey, Failure, fail_attempt, give_back
from shared.state.policy import RetryPolicy
from shared.window.fill import fill
from shared.window.loop import engines_with_backlog
from shared.window.lost import release_lost
from tests.backlogs import believe, counted, insert_backlog
from tests.rows import ENGINE, LEASE, Rows

#: The dearest statement here chooses the next runs and reads some 300 pages; 20,000 runs are on more than a thousand.
MAX_PAGES = 400
BACKLOG = 10_000
POLICY = RetryPolicy(timedelta(0))
WINDOW = 12


class Outbox:
    """RabbitMQ as a list."""

    def __init__(self) -> None:
        self.runs: list[DispatchMessage] = []

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        self.runs.append(message)

    def waiting(self, engine: str) -> int:
        return 0


@pytest.mark.parametrize(("running", "ended"), [(0, 0), (0, 30), (12, 18)], ids=["nothing", "idle", "busy"])
@pytest.mark.parametrize(
    ("simulations", "runs"), [(1, BACKLOG), (BACKLOG, 1), (2, 50)], ids=["one of many", "many of one", "few"]
)
def test_no_statement_reads_more_when_more_waits(
    rows: Rows, simulations: int, runs: int, running: int, ended: int
) -> None:
    rows.new_simulation()
    believe(rows, running, ended)
    with rows.database.transaction() as connection:
        insert_backlog(connection, simulations=simulations, runs=runs)
        insert_backlog(connection, simulations=simulations, runs=runs, owner="another")
        waiting = (
            select(Run.id).join(Simulation, Simulation.id == Run.simulation_id).where(Simulation.owner == "another")
        )
        last = connection.scalars(waiting.order_by(Simulation.created_at.desc(), Run.index.desc())).first()
    assert last is not None
    outbox = Outbox()

    with counted(rows.database) as pages:
        assert engines_with_backlog(rows.database) == [ENGINE]
        assert fill(rows.database, outbox, ENGINE, lease=LEASE, minimum=WINDOW, owner_runs=100) == WINDOW
        keys = [rows.start(message.run_id) for message in outbox.runs]
        rows.claim(keys[0].run_id, owner_runs=100)
        _end_each_way(rows, keys, last)
        release_lost(rows.database, outbox, ENGINE, lease=timedelta(0))
        Reaper(rows.database, POLICY, timedelta(0), HealthyFor()).run()
        for key in keys[:2]:
            _read_as_user(rows, key)

    # Each must have met the backlog.
    assert len(pages.statements) > 100
    assert pages.above(MAX_PAGES) == []


def _end_each_way(rows: Rows, keys: list[AttemptKey], waiting: UUID) -> None:
    with rows.database.transaction() as connection:
        beats = [Beat(key.run_id, key.attempt, 5, "") for key in keys]
        assert len(beat(connection, beats, lease=LEASE).held) == len(keys)
    rows.finish(keys[0])
    with rows.database.transaction() as connection:
        fail_attempt(connection, keys[1], Failure("x", "x"), POLICY)
    with rows.database.transaction() as connection:
        give_back(connection, keys[2], POLICY)
    with rows.database.transaction() as connection:
        for run_id in (keys[3].run_id, waiting):
            assert cancel_run(connection, run_id) is Cancelled.ACCEPTED
    rows.expire(keys[4].run_id)


def _read_as_user(rows: Rows, key: AttemptKey) -> None:
    owner = rows.simulation(key.simulation_id).owner
    user = Identity(owner, owner, frozenset({Scope.READ}), How.OFF)
    with rows.database.transaction() as connection:
        detail = read_detail(connection, key.simulation_id, user)
        assert detail is not None
        assert read_run(connection, key.run_id, user) is not None
        of_one = RunFilter(simulation_id=key.simulation_id)
        assert list_runs(connection, of_one, user, limit=20, cursor=None).items
        assert list_runs(connection, RunFilter(), user, limit=20, cursor=None).items
        assert list_simulations(connection, SimulationFilter(), user, limit=20, cursor=None).items
