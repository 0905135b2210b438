"""Every statement for a run reads a bounded number of pages, whatever the backlog and Postgres' statistics are."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, text, update

from api_service.identity.scope import Scope
from api_service.identity.who import How, Identity
from api_service.legacy.result_queries import ended_runs, list_ended
from api_service.runs.filter import RunFilter
from api_service.runs.queries import list_runs, read_run
from api_service.simulations.filter import SimulationFilter
from api_service.simulations.queries import list_simulations, read_detail, read_followed
from scheduler_service.dependants import Dependants
from scheduler_service.reaper import HealthyFor, Reaper
from scheduler_service.retention import needed_elsewhere
from shared.db.database import Database
from shared.db.tables import Run, Simulation
from shared.enums import Outcome
from shared.messages import DispatchMessage
from shared.state.beat import Beat, beat
from shared.state.cancel import Cancelled, cancel_run
from shared.state.finish import fail_attempt, give_back
from shared.state.finished import AttemptKey, Failure
from shared.state.policy import RetryPolicy
from shared.window.fill import fill
from shared.window.loop import engines_with_backlog
from shared.window.lost import release_lost
from tests.backlogs import counted, freeze_statistics, insert_backlog
from tests.integration.api.following import Readings, follow
from tests.integration.reusing import PLAIN, Reusing
from tests.rows import ENGINE, FAILURE, LEASE, Rows

#: Runs of each of two owners. MANY are on thousands of pages, and on hundreds of pages of an index.
FEW, MANY = 100, 25_000
#: Allowance for small tables that are read whole: a page of a list, row by row.
ROW_BY_ROW = 250
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
@pytest.mark.parametrize("of_one", [True, False], ids=["one of many", "many of one"])
def test_no_statement_reads_more_when_more_waits(
    rows: Rows, owner: Database, of_one: bool, running: int, ended: int
) -> None:
    rows.new_simulation()
    freeze_statistics(rows, owner, running, ended)

    few = _pages(rows, FEW, of_one=of_one)
    with rows.database.transaction() as connection:
        connection.execute(text("DELETE FROM simulations WHERE name = 'backlog'"))
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Without ANALYZE, so that the statistics do not change.
        connection.execute(text("VACUUM runs, simulations, backlog"))
    many = _pages(rows, MANY, of_one=of_one)

    assert few.keys() == many.keys()
    # A large index is one or two levels higher, and each row is found through an index.
    more = {sql: (few[sql], many[sql]) for sql in few if many[sql] > max(2 * few[sql], ROW_BY_ROW)}
    assert more == {}


def _pages(rows: Rows, waiting: int, *, of_one: bool) -> dict[str, int]:
    """Maximum number of pages that each statement reads while this many runs of each of two owners are queued."""
    simulations, runs = (1, waiting) if of_one else (waiting, 1)
    with rows.database.transaction() as connection:
        for owner in ("one", "another"):
            insert_backlog(connection, simulations=simulations, runs=runs, owner=owner)
        _let_wait(connection, waiting)
        others = (
            select(Run.id).join(Simulation, Simulation.id == Run.simulation_id).where(Simulation.owner == "another")
        )
        last = connection.scalars(others.order_by(Simulation.created_at.desc(), Run.index.desc())).first()
    assert last is not None
    outbox, readings, follower = Outbox(), Readings(rows.database), follow()
    with counted(rows.database) as pages:
        readings.read(follower)
        assert engines_with_backlog(rows.database) == [ENGINE]
        assert fill(rows.database, outbox, ENGINE, lease=LEASE, minimum=WINDOW, owner_runs=100) == WINDOW
        keys = [rows.start(message.run_id) for message in outbox.runs]
        rows.claim(keys[0].run_id, owner_runs=100)
        _end_each_way(rows, keys, last)
        _link(rows, *(key for key in keys[6:] if rows.simulation(key.simulation_id).owner == "one"))
        # From now on no run of its simulation can be claimed.
        _stop(rows, keys[5])
        fill(rows.database, outbox, ENGINE, lease=LEASE, minimum=WINDOW)
        Dependants(rows.database).run()
        release_lost(rows.database, outbox, ENGINE, lease=timedelta(0))
        Reaper(rows.database, POLICY, timedelta(0), HealthyFor()).run()
        for key in keys[:2]:
            _read_as_user(rows, key)
        assert len(readings.read(follower)[0]) > WINDOW
    readings.close()
    with rows.database.transaction() as connection:
        # The ledger misses their runs.
        connection.execute(text("DELETE FROM simulations WHERE owner = 'third'"))
    assert len(pages.statements) > 100
    return pages.most()


def _let_wait(connection: Connection, simulations: int) -> None:
    """Inserts this many simulations that wait for one of the backlog which does not end; they need no runs."""
    connection.execute(
        text(
            "INSERT INTO simulations (id, owner, name, priority, spec, correlation_id, total, soft_limit_seconds, "
            "hard_limit_seconds, waits_for) SELECT gen_random_uuid(), 'third', 'backlog', 1, '{}', 'x', 1, 10, 20, "
            "(SELECT id FROM simulations WHERE owner = 'one' ORDER BY created_at DESC LIMIT 1) "
            "FROM generate_series(1, :simulations)"
        ),
        {"simulations": simulations},
    )


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


def _stop(rows: Rows, key: AttemptKey) -> None:
    with rows.database.transaction() as connection:
        rule = {"count": 1}
        connection.execute(update(Simulation).where(Simulation.id == key.simulation_id).values(stop_rule=rule))
    rows.finish(key, FAILURE)
    simulation = rows.simulation(key.simulation_id)
    assert simulation.breaker_opened_at or simulation.ended_at


def _link(rows: Rows, first: AttemptKey, second: AttemptKey, *_: AttemptKey) -> None:
    reusing = Reusing(rows)
    assert (reusing.settle(first), reusing.settle(second)) == (None, Outcome.TWIN)
    rows.finish(first)
    reusing.dispatch()
    assert reusing.settled(second.run_id) is Outcome.REUSED


def _read_as_user(rows: Rows, key: AttemptKey) -> None:
    owner = rows.simulation(key.simulation_id).owner
    user = Identity(owner, owner, frozenset({Scope.READ}), How.OFF)
    with rows.database.transaction() as connection:
        detail = read_detail(connection, key.simulation_id, user)
        assert detail is not None
        assert len(read_followed(connection, [key.simulation_id])) == 1
        assert read_run(connection, key.run_id, user) is not None
        of_one = RunFilter(simulation_id=key.simulation_id)
        assert list_runs(connection, of_one, user, limit=20, cursor=None).items
        assert list_runs(connection, RunFilter(), user, limit=20, cursor=None).items
        assert list_simulations(connection, SimulationFilter(), user, limit=20, cursor=None).items
        ended_runs(connection, key.simulation_id, user)
        list_ended(connection, user, owner=owner, scenario=None, limit=20, offset=0)
        list_ended(connection, user, owner=owner, scenario="none", limit=20, offset=0)


@pytest.mark.parametrize("ended", [0, 30])
def test_no_statement_about_twins_reads_more_when_there_are_more(
    rows: Rows, owner: Database, ended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.window.twins.BATCH", WINDOW)
    rows.worker()
    freeze_statistics(rows, owner, 0, ended)

    few, many = (_pages_of_twins(Reusing(rows), alike) for alike in (FEW, MANY))

    assert few.keys() == many.keys()
    assert {sql: (few[sql], many[sql]) for sql in few if many[sql] > max(2 * few[sql], ROW_BY_ROW)} == {}


#: All runs of the backlog have the fingerprint and the files of one run; they wait for another one.
ALIKE = """
UPDATE runs SET reused_from = :original, twin_id = :twin, held_reason = 'twin', not_before = 'infinity'
WHERE simulation_id IN (SELECT id FROM simulations WHERE name = 'backlog')
"""
FINGERPRINTS = """
INSERT INTO fingerprints (run_id, attempt, owner, physics, maker, outputs)
SELECT id, attempt, 'one', :physics, :maker, '[]' FROM runs WHERE twin_id = :twin
"""


def _pages_of_twins(reusing: Reusing, alike: int) -> dict[str, int]:
    """Maximum number of pages that each statement reads while this many runs are alike."""
    rows = reusing.rows
    original, twin, fresh = (reusing.submit(owner="one")[0] for _ in range(3))
    here = rows.run(original).simulation_id
    with rows.database.transaction() as connection:
        connection.execute(text("DELETE FROM simulations WHERE name = 'backlog'"))
        insert_backlog(connection, simulations=1, runs=alike, owner="one")
        connection.execute(text(ALIKE), {"original": original, "twin": twin})
        same = {"physics": PLAIN.physics, "maker": PLAIN.maker, "twin": twin}
        connection.execute(text(FINGERPRINTS), same)
        backlog = connection.scalars(select(Simulation.id).where(Simulation.name == "backlog")).one()
    with counted(rows.database) as pages:
        for deleted in (here, backlog):
            with rows.database.transaction() as connection:
                assert needed_elsewhere(connection, deleted, [original]) == {original}
        assert reusing.settled(fresh) is None
        # The twin is in the queue, then gone.
        reusing.dispatch()
        reusing.cancel(twin)
        reusing.dispatch()
    with rows.database.transaction() as connection:
        kept = connection.scalar(text("SELECT count(*) FROM runs WHERE twin_id = :twin AND held_reason = 'twin'"), same)
    assert kept == alike - WINDOW
    return pages.most()
