"""Every sequence of operations keeps the invariants: found by Hypothesis, checked on a real Postgres."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, precondition, rule, run_state_machine_as_test
from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from scheduler_service.cancellations import Cancellations
from shared.db.database import Database
from shared.db.tables import Run
from shared.enums import Outcome
from shared.state import cancel, chunks
from shared.state.beat import Beat, beat
from shared.state.cancel import cancel_run, cancel_simulation, unfinished
from shared.state.finish import fail_attempt, finish, give_back, reap, stop
from shared.state.finished import AttemptKey, Failure
from shared.state.fleet import READY, beat_worker, drain_worker, resume_worker, slots
from shared.state.policy import RetryPolicy
from shared.state.retry import retry_failed
from shared.state.reuse import settle
from shared.window.fill import fill
from shared.window.lost import release_lost
from tests.integration.holding import Holding
from tests.integration.recorded_queue import Queue
from tests.integration.reusing import PLAIN
from tests.rows import ENGINE, FAILURE, LEASE, SUCCESS

#: So long that no backoff ends before the test ends it.
POLICY = RetryPolicy(timedelta(hours=1), longest=timedelta(hours=1), max_give_backs=1)
WINDOW = 2
WORKER = "worker"
ENDS = st.sampled_from(["succeed", "fail", "infrastructure", "give back", "stop", "reap"])


class Life(Holding):
    """Users, operators, workers, a dispatcher and a reaper act in any order."""

    simulations = Holding.simulations
    #: Attempts that some worker believes to have. They are kept: a zombie may report one long after it was taken away.
    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.paused = self.drained = False
        self.rows.worker(WORKER, concurrency=1)

    @rule()
    def dispatch(self) -> None:
        before = self._published()
        sent = fill(self.database, self.queue, ENGINE, lease=LEASE, minimum=WINDOW)
        assert self._waiting_for_none() == 0
        assert not (self.paused and sent)
        assert self._published() == before + sent
        assert sent == 0 or self._published() <= 2 * WINDOW

    @precondition(lambda self: self.queue.messages)
    @rule(target=keys, position=st.integers(0, 9), lost=st.booleans(), doubled=st.booleans())
    def deliver(self, position: int, lost: bool, doubled: bool) -> AttemptKey | None:
        run_id = self.queue.messages[position % len(self.queue.messages)]
        if not doubled:
            self.queue.messages.remove(run_id)
        return None if lost else self._claim(run_id)

    @rule(target=keys, simulation=simulations, index=st.integers(0, 2))
    def claim(self, simulation: UUID, index: int) -> AttemptKey | None:
        runs = self.rows.runs(simulation)
        return self._claim(runs[index % len(runs)])

    def _claim(self, run_id: UUID) -> AttemptKey | None:
        before = self.rows.run(run_id)
        held = before.held_reason is not None
        claimed = self.rows.claim(run_id, WORKER)
        simulation = self.rows.simulation(before.simulation_id)
        is_stopped = simulation.cancel_requested_at is not None or simulation.breaker_opened_at is not None
        may_start = before.status == "queued" and not (held or self.paused or is_stopped)
        assert (claimed is not None) == may_start
        if claimed is None:
            return None
        assert claimed.attempt == before.attempt + 1
        return AttemptKey(claimed.simulation_id, run_id, claimed.attempt)

    @rule(key=keys, how=ENDS)
    def end(self, key: AttemptKey | None, how: str) -> None:
        if key is None:
            return
        before = self.rows.run(key.run_id)
        mine = before.status == "running" and before.attempt == key.attempt
        if how == "reap" and mine:
            self.rows.expire(key.run_id)
        with self.database.transaction() as connection:
            match how:
                case "infrastructure":
                    applied = fail_attempt(connection, key, Failure("x", "x"), POLICY)
                case "give back":
                    applied = give_back(connection, key, POLICY)
                case "stop":
                    applied = stop(connection, key)
                case "reap":
                    applied = reap(connection, key, POLICY)
                case _:
                    applied = finish(connection, key, SUCCESS if how == "succeed" else FAILURE)
        after = self.rows.run(key.run_id)
        # A zombie changes nothing.
        assert (applied is not None) == mine
        assert applied or after == before
        if applied and before.cancel_requested_at is not None:
            assert after.status == "cancelled"

    @rule(key=keys, reuse=st.booleans())
    def settle(self, key: AttemptKey | None, reuse: bool) -> None:
        """All runs are identical."""
        if key is None:
            return
        before = self.rows.run(key.run_id)
        mine = before.status == "running" and before.attempt == key.attempt
        with self.database.transaction() as connection:
            outcome = settle(connection, key, "local", PLAIN, reuse=reuse)
        after = self.rows.run(key.run_id)
        assert mine or (outcome is Outcome.LOST and after == before)
        if outcome is Outcome.REUSED:
            original = self.rows.run(after.reused_from)
            assert (original.status, original.reused_from) == ("succeeded", None)
        if outcome is Outcome.TWIN:
            assert self.rows.run(after.twin_id).status == "running"

    @rule(target=keys, key=keys, how=ENDS)
    def take_over(self, key: AttemptKey | None, how: str) -> AttemptKey | None:
        """Reaps an attempt, lets another worker try, and then lets the first one report its end."""
        self.end(key, "reap")
        self.backoffs_end()
        if key is None or (next_one := self._claim(key.run_id)) is None:
            return None
        self.end(key, how)
        return next_one

    @rule(key=keys)
    def beat(self, key: AttemptKey | None) -> None:
        with self.database.transaction() as connection:
            assert beat_worker(connection, WORKER, READY) == self.drained
            if key is None:
                return
            answers = beat(connection, [Beat(key.run_id, key.attempt, 5, "")], lease=LEASE)
        run = self.rows.run(key.run_id)
        assert (key.run_id in answers.held) == (run.status == "running" and run.attempt == key.attempt)
        assert (key.run_id in answers.cancelled) == (key.run_id in answers.held and run.cancel_requested_at is not None)

    @rule(simulation=simulations, whole=st.booleans())
    def cancel(self, simulation: UUID, whole: bool) -> None:
        with self.database.transaction() as connection:
            if whole:
                cancel_simulation(connection, simulation)
            else:
                cancel_run(connection, self.rows.runs(simulation)[0])

    @rule(simulation=simulations)
    def retry(self, simulation: UUID) -> None:
        with self.database.transaction() as connection:
            retry_failed(connection, simulation)

    @rule()
    def backoffs_end(self) -> None:
        with self.database.transaction() as connection:
            over = update(Run).where(Run.status == "queued", Run.held_reason == "backoff")
            connection.execute(over.values(not_before=func.now(), held_reason=None))

    @rule(engine=st.sampled_from([None, ENGINE]))
    def pause(self, engine: str | None) -> None:
        self.rows.pause(engine)
        self.paused = True
        assert self._published() == 0

    @precondition(lambda self: self.paused)
    @rule()
    def resume(self) -> None:
        self.rows.resume()
        self.paused = False
        assert self._published() == 0

    @rule()
    def drain(self) -> None:
        with self.database.transaction() as connection:
            drain_worker(connection, WORKER, lease=LEASE)
            assert slots(connection, lease=LEASE) == {}
        self.drained = True

    @rule()
    def take_back(self) -> None:
        with self.database.transaction() as connection:
            resume_worker(connection, WORKER, lease=LEASE)
            assert slots(connection, lease=LEASE) == {ENGINE: 1}
        self.drained = False

    @rule()
    def look_for_lost_messages(self) -> None:
        released = release_lost(self.database, self.queue, ENGINE, lease=timedelta(0))
        assert not (self.paused and released)

    @rule()
    def finish_cancellations(self) -> None:
        Cancellations(self.database).run()
        with self.database.transaction() as connection:
            assert unfinished(connection) == []

    def _waiting_for_none(self) -> int:
        """Number of runs that wait for one that is not running, and that no worker will get."""
        twin = aliased(Run)
        may_start = and_(twin.status == "queued", twin.held_reason.is_(None))
        runs = exists().where(twin.id == Run.twin_id, or_(twin.status == "running", may_start))
        with self.database.transaction() as connection:
            return connection.scalar(select(func.count()).where(Run.held_reason == "twin", ~runs)) or 0

    def _published(self) -> int:
        with self.database.transaction() as connection:
            out = select(func.count()).where(Run.status == "queued", Run.published_at.is_not(None))
            return connection.scalar(out) or 0

    def teardown(self) -> None:
        """The next sequence begins with a working fleet and an empty backlog."""
        self.rows.resume()
        with self.database.transaction() as connection:
            resume_worker(connection, WORKER, lease=LEASE)
        for simulation in self.made:
            with self.database.transaction() as connection:
                cancel_simulation(connection, simulation)
        self.finish_cancellations()


@pytest.mark.timeout(300)
def test_every_sequence_of_verbs_keeps_the_invariants(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # So that a cancellation has several transactions, between which everything else happens.
    for module in (cancel, chunks):
        monkeypatch.setattr(module, "CHUNK", 1)
    Life.database = database
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
