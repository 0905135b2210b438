"""Whether a claimed run has to be executed: asked before its inputs are fetched, and before there is a directory."""

from collections.abc import Mapping
from pathlib import Path

from shared import metrics, tracing
from shared.db.database import Database
from shared.energyplus.installation import Engine
from shared.energyplus.preparation.prepare import PreparationError
from shared.energyplus.preparation.site import paired
from shared.fingerprint import RunFingerprint, RunInputs, fingerprint, maker_of
from shared.logging import get_logger
from shared.request import preparation
from shared.state.claim import Claimed
from shared.state.reuse import settle
from sim_worker import engine as execution
from sim_worker.attempt.active import ActiveAttempt
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.phases import Phases

log = get_logger(__name__)


def maker(engine: Engine) -> str:
    """What makes this worker's results of inputs: this package decides which files and messages are kept."""
    return maker_of(engine, *map(Path, execution.__path__), Path(__file__).parent)


def ddy_file(claimed: Claimed) -> str | None:
    """The side file of a run that is the DDY file of its weather; None without one."""
    return paired(claimed.weather.name, [file.name for file in claimed.files])


class KnownResults:
    """Links runs to results that are known, and lets runs wait whose twin is running."""

    def __init__(self, database: Database, retry: DatabaseRetry, engine: Engine) -> None:
        self._database = database
        self._retry = retry
        self._maker = maker(engine)

    def settle(self, attempt: ActiveAttempt, values: Mapping[str, float | str], phases: Phases) -> bool:
        """Whether the attempt has ended without an execution. Raises DatabaseAway."""
        claimed = attempt.claimed
        try:
            found = self._fingerprint(claimed, values)
        except PreparationError:
            # The execution says what is wrong.
            return False
        outcome = self._retry.transact(
            self._database,
            lambda connection: settle(
                *(connection, attempt.key, claimed.owner, found), reuse=claimed.spec.reuse, phases=phases.seconds
            ),
        )
        if outcome is None:
            return False
        metrics.attempts_ended.labels(claimed.engine, outcome, metrics.NO_VERDICT).inc()
        tracing.note({"epsm.outcome": outcome.value})
        log.info("attempt.settled", outcome=outcome.value)
        return True

    def _fingerprint(self, claimed: Claimed, values: Mapping[str, float | str]) -> RunFingerprint:
        files = {file.name: file.sha256 for file in claimed.files}
        inputs = RunInputs(claimed.model.name, claimed.model.sha256, claimed.weather.sha256, files)
        return fingerprint(inputs, preparation(claimed.spec, values, ddy_file(claimed)), self._maker)
