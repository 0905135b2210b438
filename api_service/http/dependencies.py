"""What the views work with, put together once by `app.py` and found through the current application."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import current_app
from prometheus_client import CollectorRegistry

from api_service.http.broker_view import BrokerView
from shared.db.database import Database
from shared.settings import Settings
from shared.storage import Storage
from shared.window.loop import DispatchLoop

EXTENSION = "epsm"


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The API's way to the outside: Postgres, stored files, RabbitMQ, and what Prometheus is told."""

    settings: Settings
    database: Database
    storage: Storage
    dispatch: DispatchLoop
    broker: BrokerView
    registry: CollectorRegistry

    @property
    def lease(self) -> timedelta:
        """How long a silent worker keeps its runs."""
        return timedelta(seconds=self.settings.lease_seconds)


def dependencies() -> Dependencies:
    """The parts of the application that answers the current request."""
    return cast(Dependencies, current_app.extensions[EXTENSION])
