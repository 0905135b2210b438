"""Simulations that wait for another one, which has ended: their runs may start, or are cancelled."""

from shared.db.database import Database
from shared.logging import get_logger
from shared.state.dependency import settle, settled

log = get_logger(__name__)


class Dependants:
    """Lets simulations go on whose dependency has ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self) -> None:
        """Runs one pass. Another scheduler that does the same is no harm. Raises DatabaseAway."""
        with self._database.transaction() as connection:
            waiting = settled(connection)
        for simulation_id in waiting:
            settle(self._database, simulation_id)
            log.info("simulation.dependency_settled", simulation_id=str(simulation_id))
