"""Every sequence of verbs keeps the invariants: found by Hypothesis, checked on a real Postgres."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shared.db.database import Database
from shared.state.cancel import cancel_run, cancel_simulation
from shared.state.finish import AttemptKey, Failure, fail_attempt, give_back, reap, stop
from shared.state.ledger import discrepancies
from shared.state.policy import RetryPolicy
from shared.state.retry import retry_failed
from tests.rows import FAILURE, SUCCESS, Rows

AT_ONCE = RetryPolicy(timedelta(0))


class Life(RuleBasedStateMachine):
    """Users, workers and a reaper do whatever they like, in any order."""

    database: Database
    simulations = Bundle("simulations")
    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows(self.database)
        self.attempts: dict[UUID, int] = {}
        self.made: list[UUID] = []

    @rule(target=simulations, runs=st.integers(1, 3))
    def submit(self, runs: int) -> UUID:
        self.made.append(self.rows.submit(runs, max_attempts=2))
        return self.made[-1]

    @rule(target=keys, simulation=simulations, index=st.integers(0, 2))
    def claim(self, simulation: UUID, index: int) -> AttemptKey | None:
        runs = self.rows.runs(simulation)
        claimed = self.rows.claim(runs[index % len(runs)])
        return None if claimed is None else AttemptKey(simulation, claimed.run_id, claimed.attempt)

    @rule(key=keys, how=st.sampled_from(["succeed", "fail", "infrastructure", "give back", "stop", "reap"]))
    def end(self, key: AttemptKey | None, how: str) -> None:
        if key is None:
            return
        if how == "reap" and self.rows.run(key.run_id).status == "running":
            self.rows.expire(key.run_id)
        with self.database.transaction() as connection:
            match how:
                case "infrastructure":
                    fail_attempt(connection, key, Failure("x", "x"), AT_ONCE)
                case "give back":
                    give_back(connection, key, AT_ONCE)
                case "stop":
                    stop(connection, key)
                case "reap":
                    reap(connection, key, AT_ONCE)
        if how in ("succeed", "fail"):
            self.rows.finish(key, SUCCESS if how == "succeed" else FAILURE)

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

    @invariant()
    def the_books_agree(self) -> None:
        with self.database.transaction() as connection:
            assert discrepancies(connection) == {}

    @invariant()
    def attempts_only_grow_and_charges_stay_below(self) -> None:
        for simulation in self.made:
            for run_id in self.rows.runs(simulation):
                run = self.rows.run(run_id)
                assert run.attempt >= self.attempts.get(run_id, 0)
                assert run.charged <= min(run.attempt, run.max_attempts)
                self.attempts[run_id] = run.attempt

    @invariant()
    def a_simulation_ends_once_a_round(self) -> None:
        for simulation in self.made:
            row = self.rows.simulation(simulation)
            endings = sum(self.rows.events(simulation, f"simulation.{s}") for s in ("succeeded", "failed", "cancelled"))
            assert endings == row.round - (row.ended_at is None)


@pytest.mark.timeout(300)
def test_every_sequence_of_verbs_keeps_the_invariants(database: Database) -> None:
    Life.database = database
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
