"""Simulations that wait for another one, for the tests of what becomes of them."""

from dataclasses import replace
from uuid import UUID

from scheduler_service.dependants import Dependants
from shared.spec import DependencySpec, StopSpec, StudySpec
from shared.state.backlog import wrong_counters
from shared.state.finished import Finished
from shared.state.ledger import discrepancies
from shared.state.retry import Retried, retry_failed
from tests.rows import Rows

#: Runs of a chunk with the fixture `small_chunks`, and passes of the scheduler after which five of them have gone on.
CHUNK, PASSES = 2, 3


def submit(rows: Rows, waits_for: UUID, when: str = "success", runs: int = 1, stop: StopSpec | None = None) -> UUID:
    spec = StudySpec(depends_on=DependencySpec(str(waits_for), when), stop_after_failures=stop)
    return rows.submit_new(replace(rows.new_simulation(runs), spec=spec, waits_for=waits_for))


def end(rows: Rows, simulation: UUID, *finished: Finished) -> None:
    for run, outcome in zip(rows.runs(simulation), finished, strict=True):
        rows.finish(rows.start(run), outcome)


def go_on(rows: Rows) -> None:
    """As many passes of a scheduler as the runs of a waiting simulation have chunks."""
    scheduler = Dependants(rows.database)
    for _ in range(PASSES):
        scheduler.run()


def retry(rows: Rows, simulation: UUID) -> None:
    with rows.database.transaction() as connection:
        assert retry_failed(connection, simulation) is Retried.ACCEPTED


def consistent(rows: Rows) -> None:
    with rows.database.transaction() as connection:
        assert (discrepancies(connection), wrong_counters(connection)) == ({}, {})
