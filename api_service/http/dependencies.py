"""The objects that views need: created once by `app.py`, stored in the Flask application."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import current_app
from prometheus_client import CollectorRegistry

from api_service.http.broker_view import BrokerView
from api_service.http.designs import Designs
from api_service.http.helpers import Helpers
from shared.db.database import Database
from shared.energyplus.weather_library import WeatherLibrary
from shared.settings import Settings
from shared.storage import Storage
from shared.window.loop import DispatchLoop

EXTENSION = "epsm"


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Settings, Postgres, file storage, dispatch loop, RabbitMQ, metrics, installed weather, helpers, designs."""

    settings: Settings
    database: Database
    storage: Storage
    dispatch: DispatchLoop
    broker: BrokerView
    registry: CollectorRegistry
    weather: WeatherLibrary
    helpers: Helpers
    designs: Designs

    @property
    def lease(self) -> timedelta:
        """How long a worker without a beat keeps its runs."""
        return timedelta(seconds=self.settings.lease_seconds)


def dependencies() -> Dependencies:
    """Returns the dependencies of the application that handles the current request."""
    return cast(Dependencies, current_app.extensions[EXTENSION])
