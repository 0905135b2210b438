"""Simulations that wait for another one, which has ended: their runs may start, or are cancelled."""

from uuid import UUID

from shared.db.database import Database
from shared.logging import get_logger
from shared.state.dependency import decide, release_chunk, settled

log = get_logger(__name__)


class Dependants:
    """Lets simulations go on whose dependency has ended."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: Where the next pass goes on; another process begins anew, which changes nothing twice.
        self._places: dict[UUID, int] = {}

    def run(self) -> None:
        """Runs one pass. Another scheduler that does the same is no harm. Raises DatabaseAway.

        It decides for all simulations first, and then lets one chunk of each go, so that none waits for a large one.
        """
        with self._database.transaction() as connection:
            waiting = settled(connection)
        met = [simulation_id for simulation_id in waiting if decide(self._database, simulation_id)]
        places, self._places = self._places, {}
        for simulation_id in met:
            after = release_chunk(self._database, simulation_id, places.get(simulation_id, 0))
            if after is not None:
                self._places[simulation_id] = after
            else:
                log.info("simulation.dependency_settled", simulation_id=str(simulation_id))
