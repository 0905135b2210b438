"""The composition root: builds the Flask application from the settings. Called by `asgi.py` and by the tests."""

from typing import Protocol

from flask import Flask

from api_service import legacy, web
from api_service.audit import views as audit
from api_service.files import views as files
from api_service.fleet import control, dead_letters
from api_service.fleet import views as fleet
from api_service.http import cross_origin, errors, head, headers, health, observe, uploads
from api_service.http.broker_view import Broker, BrokerView
from api_service.http.dependencies import EXTENSION, Dependencies
from api_service.http.designs import Designs
from api_service.http.front import HEAD_THREADS
from api_service.http.helpers import Helpers
from api_service.http.multipart import MAX_TEXT_BYTES
from api_service.http.openapi import DESCRIPTION, OPENAPI_VERSION, TITLE, Api
from api_service.http.uploads import MAX_TEXT_FIELDS, UploadRequest
from api_service.identity import guard, rates, sessions
from api_service.identity.openapi import describe_access
from api_service.live import views as live
from api_service.live.service import EXTENSION as LIVE
from api_service.live.service import EventStreams
from api_service.lookup import views as lookup
from api_service.runs import views as runs
from api_service.simulations import views as simulations
from api_service.tokens import views as tokens
from api_service.web import docs
from shared import metrics
from shared.broker.address import broker_address, management_address
from shared.broker.management import BrokerManagement
from shared.broker.publisher import RabbitPublisher
from shared.confinement.launcher import Launcher
from shared.db.address import database_address
from shared.db.database import Database
from shared.energyplus.installation import weather_directories
from shared.energyplus.weather_library import WeatherLibrary
from shared.messages import Publisher, Traffic
from shared.settings import Settings, read_settings
from shared.storage import Storage, open_storage
from shared.tracing import configure_tracing
from shared.window.loop import DispatchLoop


class Rabbit(Publisher, Broker, Protocol):
    """The RabbitMQ client of the API: publishes messages and reads the state of the broker."""


def create_app(
    settings: Settings | None = None,
    *,
    storage: Storage | None = None,
    broker: Rabbit | None = None,
    launcher: Launcher | None = None,
) -> Flask:
    """Returns the application with its dispatch thread running. Raises SettingsError, StorageError, ConfinementError.

    Tests give `storage`, `broker` and `launcher`; by default they are created from the settings. Postgres and RabbitMQ
    may be unreachable during the call.
    """
    settings = settings or read_settings()
    helpers = Helpers(settings, launcher)
    configure_tracing("api", settings.traces_endpoint)
    # The pool keeps half of the connections that all threads, the dispatcher and the readers of event streams need;
    # more are opened under load.
    database = Database(
        database_address(settings), name="epsm-api", pool_size=(settings.api_threads + HEAD_THREADS) // 2 + 2
    )
    publisher = broker or RabbitPublisher(broker_address(settings), queue_type=settings.queue_type)
    dispatch = DispatchLoop(settings, database, publisher)
    app = _flask(settings)
    storage = storage or open_storage(settings)
    of = app.extensions[EXTENSION] = Dependencies(
        settings,
        database,
        storage,
        dispatch,
        BrokerView(publisher, _management(settings)),
        metrics.registry("api"),
        WeatherLibrary([*settings.weather_directories, *weather_directories(settings.engine_directories)]),
        helpers,
        Designs(storage),
    )
    app.extensions[LIVE] = EventStreams(of)
    _routes(app, settings)
    metrics.http_threads.set(settings.api_threads)
    dispatch.start()
    return app


def close_app(app: Flask) -> None:
    """Stops the threads and closes the connections of an application."""
    of: Dependencies = app.extensions[EXTENSION]
    of.dispatch.stop()
    of.helpers.close()
    of.broker.close()
    of.database.close()


def _management(settings: Settings) -> Traffic | None:
    address = management_address(settings)
    return None if address is None else BrokerManagement(address, queue_type=settings.queue_type)


def _flask(settings: Settings) -> Flask:
    app = Flask("api_service", static_folder=None, template_folder="web/templates")
    app.request_class = UploadRequest
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION="1",
        OPENAPI_VERSION=OPENAPI_VERSION,
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION}},
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=MAX_TEXT_BYTES,
        # One file more than allowed is still parsed, so that the client gets a specific error message.
        MAX_FORM_PARTS=settings.max_files + 1 + MAX_TEXT_FIELDS,
    )
    return app


def _routes(app: Flask, settings: Settings) -> None:
    observe.register(app)
    uploads.register(app)
    errors.register(app)
    cross_origin.register(app, settings)
    sessions.configure(app, settings)
    guard.register(app, settings)
    # After authentication and before authorisation, so that requests which always get 403 are rate-limited too.
    rates.register(app, settings.owner_request_rate)
    app.before_request(guard.authorise)
    headers.register(app, settings)
    head.register(app)
    api = Api(app)
    for module in (
        simulations,
        runs,
        files,
        fleet,
        control,
        dead_letters,
        tokens,
        audit,
        lookup,
        live,
        *legacy.MODULES,
        health,
    ):
        api.register_blueprint(module.blp)
    app.register_blueprint(legacy.sockets.blp)
    web.register(app, settings)
    app.extensions[docs.DOCUMENT] = describe_access(app, api.spec.to_dict())
