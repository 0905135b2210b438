"""Circuit breakers that have opened: the rest of the runs is held, also after a process was killed while doing it."""

from shared import metrics
from shared.db.database import Database
from shared.logging import get_logger
from shared.state.breaker import hold_rest, to_hold

log = get_logger(__name__)


class CircuitBreakers:
    """Holds the queued runs of simulations whose circuit breaker has opened."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> None:
        """Runs one pass. Another scheduler that does the same is no harm. Raises DatabaseAway."""
        with self._database.transaction() as connection:
            opened = to_hold(connection)
        for simulation_id in opened:
            if hold_rest(self._database, simulation_id):
                metrics.breakers_opened.inc()
                log.info("simulation.breaker_opened", simulation_id=str(simulation_id))
