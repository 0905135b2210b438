"""The WSGI application that gunicorn serves; `python -m api_service` starts gunicorn."""

import sys

from flask import Response
from gunicorn.http.errors import ParseException

from api_service.app import create_app
from api_service.http.errors import answer
from api_service.http.problem import Problem
from api_service.http.server import PatientWorker
from shared.logging import configure_logging
from shared.settings import SettingsError, read_settings
from shared.storage import StorageError


def _broken_body(error: Exception) -> Response:
    # gunicorn parses a chunked body while a view reads it, so this error can be raised in the middle of a view.
    return answer(Problem(400, f"The body did not come whole: {error}"))


try:
    _settings = read_settings()
    configure_logging("api", _settings.log_level, _settings.secrets)
    PatientWorker.patience_seconds = _settings.api_patience_seconds
    app = create_app(_settings)
except (SettingsError, StorageError) as error:
    sys.exit(f"error: {error}")
app.register_error_handler(ParseException, _broken_body)
