"""Runs with fingerprints, without workers: what the tests of reuse submit, settle and end."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from shared.db.tables import Attempt
from shared.enums import Outcome
from shared.fingerprint import RunFingerprint
from shared.spec import StudySpec
from shared.state.backlog import wrong_counters
from shared.state.cancel import cancel_run
from shared.state.finished import AttemptKey
from shared.state.ledger import discrepancies
from shared.state.reuse import settle
from shared.window.twins import end_waits
from tests.rows import ENGINE, Rows

PLAIN = RunFingerprint("physics", "maker", frozenset())


@dataclass(frozen=True)
class Reusing:
    """Operations of tests on runs whose results may be reused."""

    rows: Rows

    def submit(self, runs: int = 1, **new: Any) -> list[UUID]:
        """The queued runs of a new simulation."""
        asked = replace(self.rows.new_simulation(runs, **new), spec=StudySpec(reuse=True))
        return self.rows.runs(self.rows.submit_new(asked))

    def start(self, run_id: UUID, fingerprint: RunFingerprint = PLAIN) -> AttemptKey:
        """Claims a run that has to be executed."""
        key = self.rows.start(run_id)
        assert self.settle(key, fingerprint) is None
        return key

    def settle(self, key: AttemptKey, fingerprint: RunFingerprint = PLAIN, *, reuse: bool = True) -> Outcome | None:
        """What becomes of a claimed run."""
        owner = self.rows.simulation(key.simulation_id).owner
        with self.rows.database.transaction() as connection:
            return settle(connection, key, owner, fingerprint, reuse=reuse)

    def settled(self, run_id: UUID, fingerprint: RunFingerprint = PLAIN, *, reuse: bool = True) -> Outcome | None:
        """What becomes of a queued run."""
        return self.settle(self.rows.start(run_id), fingerprint, reuse=reuse)

    def cancel(self, run_id: UUID) -> None:
        """Cancels one run."""
        with self.rows.database.transaction() as connection:
            cancel_run(connection, run_id)

    def dispatch(self) -> None:
        """Does what a pass of a dispatcher does for runs that wait."""
        end_waits(self.rows.database, ENGINE)


def outcomes(rows: Rows, run_id: UUID) -> list[str | None]:
    """How the attempts at a run have ended, in their order."""
    with rows.database.transaction() as connection:
        statement = select(Attempt.outcome).where(Attempt.run_id == run_id).order_by(Attempt.number)
        return list(connection.scalars(statement))


def the_books_agree(rows: Rows) -> None:
    """Checks that all counters are those of their rows."""
    with rows.database.transaction() as connection:
        assert discrepancies(connection) == {}
        assert wrong_counters(connection) == {}
