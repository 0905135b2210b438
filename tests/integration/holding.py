"""What holds whole simulations: users, circuit breakers, dependencies; rules for the test of the state machine."""

from dataclasses import replace
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, rule
from sqlalchemy import ColumnElement, func, select

from scheduler_service.breakers import CircuitBreakers
from scheduler_service.dependants import Dependants
from shared.db.tables import Run
from shared.spec import END, SUCCESS, DependencySpec, StopSpec, StudySpec
from shared.state.hold import hold_simulation, release_simulation
from tests.integration.invariants import Invariants

MAX_ATTEMPTS = 2
#: Runs of a simulation with a dependency: as many chunks as it takes passes to let them go.
AFTER = 3


class Holding(Invariants):
    """Submits simulations with and without rules, and lets users and the scheduler hold and release them."""

    simulations = Bundle("simulations")

    @rule(target=simulations, runs=st.integers(1, 3), stops=st.booleans())
    def submit(self, runs: int, stops: bool) -> UUID:
        return self._submit(runs, StudySpec(stop_after_failures=StopSpec(1) if stops else None))

    @rule(target=simulations, simulation=simulations, when=st.sampled_from([SUCCESS, END]), stops=st.booleans())
    def submit_after(self, simulation: UUID, when: str, stops: bool) -> UUID:
        stop = StopSpec(1) if stops else None
        spec = StudySpec(stop_after_failures=stop, depends_on=DependencySpec(str(simulation), when))
        return self._submit(AFTER, spec, simulation)

    def _submit(self, runs: int, spec: StudySpec, waits_for: UUID | None = None) -> UUID:
        new = replace(self.rows.new_simulation(runs, max_attempts=MAX_ATTEMPTS), spec=spec, waits_for=waits_for)
        self.made.append(self.rows.submit_new(new))
        return self.made[-1]

    @rule(simulation=simulations, hold=st.booleans())
    def hold_or_release(self, simulation: UUID, hold: bool) -> None:
        with self.database.transaction() as connection:
            (hold_simulation if hold else release_simulation)(connection, simulation)
        assert hold or self.rows.simulation(simulation).ended_at or not self._held(simulation, "user", "canary")

    @rule()
    def hold_the_rest_of_stopped_simulations(self) -> None:
        CircuitBreakers(self.database).run()
        for simulation in map(self.rows.simulation, self.made):
            if simulation.breaker_opened_at is not None and simulation.status != "cancelled":
                queued = simulation.total - simulation.succeeded - simulation.failed - simulation.cancelled
                held = self._held(simulation.id, "user", "canary")
                assert held == queued - self._count(simulation.id, Run.status == "running")

    @rule()
    def let_a_chunk_of_dependants_go_on(self) -> None:
        Dependants(self.database).run()

    @rule()
    def let_dependants_go_on(self) -> None:
        scheduler = Dependants(self.database)
        for _ in range(AFTER):
            scheduler.run()
        for simulation in map(self.rows.simulation, self.made):
            if simulation.waits_for is not None and simulation.ended_at is None and simulation.status != "cancelled":
                assert self.rows.simulation(simulation.waits_for).ended_at is None
            else:
                assert simulation.status == "cancelled" or not self._held(simulation.id, "dependency")

    def _held(self, simulation: UUID, *reasons: str) -> int:
        return self._count(simulation, Run.status == "queued", Run.held_reason.in_(reasons))

    def _count(self, simulation: UUID, *conditions: ColumnElement[bool]) -> int:
        with self.database.transaction() as connection:
            return connection.scalar(select(func.count()).where(Run.simulation_id == simulation, *conditions)) or 0
