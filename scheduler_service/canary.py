"""The canary: a message through the real queue and back into Postgres; shows whether and how fast workers get it."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import delete, extract, func, insert, select

from scheduler_service.only_one import only_one
from shared import metrics
from shared.db.database import Database
from shared.db.tables import Canary

#: A canary that has not come back after this many periods is counted as unanswered.
PATIENCE_PERIODS = 4
KEPT = timedelta(days=1)


class CanaryPublisher(Protocol):
    """A publisher that can send canaries."""

    def publish_canary(self, canary_id: UUID) -> None:
        """Sends a canary to any worker. Raises BrokerAway."""


class CanaryJob:
    """Sends one canary per period, from one of the schedulers, and measures the newest that came back."""

    def __init__(self, database: Database, publisher: CanaryPublisher, period: timedelta) -> None:
        self._database = database
        self._publisher = publisher
        self._period = period

    def run(self) -> None:
        """Measures, then sends a canary if one is due. Raises BrokerAway, DatabaseAway."""
        self.measure()
        if self._is_due():
            canary_id = uuid4()
            with self._database.transaction() as connection:
                connection.execute(insert(Canary).values(id=canary_id))
            self._publisher.publish_canary(canary_id)

    def measure(self) -> None:
        """Sets the metrics from the database (latency in seconds) and deletes old canaries. Raises DatabaseAway."""
        latency = extract("epoch", Canary.received_at - Canary.sent_at)
        with self._database.transaction() as connection:
            newest = connection.scalar(
                select(latency).where(Canary.received_at.is_not(None)).order_by(Canary.sent_at.desc()).limit(1)
            )
            late = func.now() - self._period * PATIENCE_PERIODS
            unanswered = connection.scalar(
                select(func.count()).where(Canary.received_at.is_(None), Canary.sent_at < late)
            )
            connection.execute(delete(Canary).where(Canary.sent_at < func.now() - KEPT))
        if newest is not None:
            metrics.canary_latency_seconds.set(float(newest))
        metrics.canary_unanswered.set(unanswered or 0)

    def _is_due(self) -> bool:
        with only_one(self._database, "canary") as connection:
            if connection is None:
                return False
            recent = select(func.count()).where(Canary.sent_at > func.now() - self._period / 2)
            return connection.scalar(recent) == 0
