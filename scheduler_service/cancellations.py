"""Cancellations that their process did not finish: it was killed between two transactions."""

from shared.db.database import Database
from shared.logging import get_logger
from shared.state.cancel import unfinished, withdraw_others

log = get_logger(__name__)


class Cancellations:
    """Ends the queued runs of cancelled simulations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> None:
        """Runs one pass. A cancellation that is still going on elsewhere is no harm. Raises DatabaseAway."""
        with self._database.transaction() as connection:
            left = unfinished(connection)
        for simulation_id in left:
            withdraw_others(self._database, simulation_id, first=0)
            log.info("simulation.cancellation_finished", simulation_id=str(simulation_id))
