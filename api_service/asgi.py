"""The ASGI application that the server process creates; `python -m api_service` starts the server."""

import sys

from api_service.app import close_app, create_app
from api_service.http.dependencies import EXTENSION, Dependencies
from api_service.http.front import Front
from api_service.http.health import readiness
from api_service.http.server import end_with_parent
from api_service.live.service import EXTENSION as LIVE
from api_service.live.service import EventStreams
from shared.confinement.errors import ConfinementError
from shared.health import HealthServer
from shared.logging import configure_logging
from shared.settings import SettingsError, read_settings
from shared.storage import StorageError
from shared.tracing import stop_tracing


def front() -> Front:
    """Returns the application with its threads and its server for probes; exits when the settings are invalid."""
    end_with_parent()
    try:
        settings = read_settings()
        configure_logging("api", settings.log_level, settings.secrets)
        app = create_app(settings)
        of: Dependencies = app.extensions[EXTENSION]
        of.helpers.start()
    except (SettingsError, StorageError, ConfinementError) as error:
        sys.exit(f"error: {error}")
    streams: EventStreams = app.extensions[LIVE]

    def end() -> None:
        streams.stop()
        health.stop()
        close_app(app)
        # The server starts this process by a fork, which runs no `atexit` functions at its end.
        stop_tracing()

    served = Front(app, settings, on_start=streams.start, on_end=end)
    try:
        health = HealthServer(
            *(settings.health_host, settings.api_health_port, served.fault, of.registry), ready=lambda: readiness(of)
        )
    except OSError as error:
        sys.exit(f"error: EPSM_API_HEALTH_PORT {settings.api_health_port}: {error.strerror}")
    health.start()
    return served
