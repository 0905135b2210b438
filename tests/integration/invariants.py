"""Invariants of the state, which hold after every operation."""

from typing import Any, ClassVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import Row, select

from shared.db.database import Database
from shared.db.tables import Attempt, Result, Run, Simulation
from shared.enums import Status
from shared.state.backlog import wrong_counters
from shared.state.ledger import discrepancies
from shared.state.transitions import SIMULATION_TRANSITIONS
from tests.rows import Rows

LEGAL = {(source, t.target) for t in SIMULATION_TRANSITIONS for source in t.sources}


class Invariants(RuleBasedStateMachine):
    """Checked by Hypothesis after every step of a machine; `made` are the simulations that it has submitted."""

    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows(self.database)
        self.made: list[UUID] = []
        self.seen: dict[UUID, Row[Any]] = {}
        self.statuses: dict[UUID, Status] = {}

    @invariant()
    def the_books_agree(self) -> None:
        with self.database.transaction() as connection:
            assert discrepancies(connection) == {}
            assert wrong_counters(connection) == {}

    @invariant()
    def attempts_only_grow_and_charges_stay_below(self) -> None:
        for run in self._runs():
            before = self.seen.get(run.id)
            if before is not None:
                assert run.attempt >= before.attempt
                # A run that succeeded never changes again.
                assert before.status != "succeeded" or run == before
            assert run.charged <= min(run.attempt, run.max_attempts)
            self.seen[run.id] = run

    @invariant()
    def a_run_has_at_most_one_open_attempt_and_one_result(self) -> None:
        with self.database.transaction() as connection:
            unended = connection.execute(select(Attempt.run_id, Attempt.number).where(Attempt.ended_at.is_(None)))
            open_attempts = {row.run_id: row.number for row in unended}
            kept = connection.execute(select(Result.run_id, Result.attempt))
            results = {row.run_id: row.attempt for row in kept}
        for run in self._runs():
            assert open_attempts.get(run.id) == (run.attempt if run.status == "running" else None)
            assert results.get(run.id) == (run.attempt if run.status == "succeeded" else None)

    @invariant()
    def simulations_change_only_as_the_transitions_say(self) -> None:
        with self.database.transaction() as connection:
            now = {row.id: Status(row.status) for row in connection.execute(select(Simulation.id, Simulation.status))}
        changes = {(self.statuses.get(key, Status.QUEUED), status) for key, status in now.items()}
        assert {change for change in changes if change[0] is not change[1]} <= LEGAL
        self.statuses = now

    @invariant()
    def a_simulation_ends_once_a_round(self) -> None:
        for simulation in self.made:
            row = self.rows.simulation(simulation)
            endings = sum(self.rows.events(simulation, f"simulation.{s}") for s in ("succeeded", "failed", "cancelled"))
            assert endings == row.round - (row.ended_at is None)

    def _runs(self) -> list[Row[Any]]:
        with self.database.transaction() as connection:
            return list(connection.execute(select(Run.__table__).where(Run.simulation_id.in_(self.made))))
