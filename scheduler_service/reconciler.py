"""Consistency checks: messages that RabbitMQ has lost, counters that differ from their rows, dead workers."""

from datetime import timedelta

from sqlalchemy import select

from scheduler_service.only_one import only_one
from shared import metrics
from shared.db.database import Database
from shared.db.tables import Run
from shared.enums import Status
from shared.logging import get_logger
from shared.messages import Publisher
from shared.state.backlog import repair_counters, wrong_counters
from shared.state.fleet import forget_silent
from shared.state.ledger import discrepancies, totals
from shared.state.publication import is_published
from shared.state.writer import wake_dispatcher
from shared.window.lost import release_lost

log = get_logger(__name__)

#: A worker without a beat for a day is not listed any more.
FORGET_AFTER = timedelta(days=1)


class Reconciler:
    """Repairs inconsistencies where possible and reports the others."""

    def __init__(self, database: Database, publisher: Publisher, lease: timedelta) -> None:
        self._database = database
        self._publisher = publisher
        self._lease = lease

    def release_lost_messages(self) -> int:
        """Lets lost messages be sent again; returns the number of runs. Raises BrokerAway, DatabaseAway."""
        with self._database.transaction() as connection:
            published = select(Run.engine).where(is_published())
            engines = sorted(connection.scalars(published.distinct()))
        released = [
            run_id
            for engine in engines
            for run_id in release_lost(self._database, self._publisher, engine, lease=self._lease)
        ]
        for run_id in released:
            metrics.messages_released.inc()
            log.warning("message.lost", run_id=str(run_id))
        return len(released)

    def check_ledger(self) -> int:
        """Compares counters with rows and repairs the backlog counters. Raises DatabaseAway.

        Returns the number of simulations that differed.
        """
        with self._database.transaction() as connection:
            wrong = wrong_counters(connection)
            found = {**discrepancies(connection), **wrong}
            submitted, by_status = totals(connection)
        if wrong:
            with self._database.transaction() as connection:
                repair_counters(connection, list(wrong))
                wake_dispatcher(connection)
        metrics.ledger_submitted.set(submitted)
        for status in Status:
            metrics.ledger_runs.labels(status).set(by_status.get(status, 0))
        metrics.ledger_discrepancies.set(len(found))
        for simulation_id, sentence in found.items():
            log.error("ledger.discrepancy", simulation_id=str(simulation_id), difference=sentence)
        return len(found)

    def forget_dead_workers(self) -> int:
        """Deletes workers without a beat for a day; returns how many. Raises DatabaseAway."""
        with only_one(self._database, "forget_dead_workers") as connection:
            return 0 if connection is None else forget_silent(connection, older_than=FORGET_AFTER)
