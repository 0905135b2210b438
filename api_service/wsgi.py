"""What gunicorn serves: one process with threads, `gunicorn --worker-class gthread api_service.wsgi:app`."""

import sys

from api_service.app import create_app
from shared.logging import configure_logging
from shared.settings import SettingsError, read_settings
from shared.storage import StorageError

try:
    _settings = read_settings()
    configure_logging("api", _settings.log_level)
    app = create_app(_settings)
except (SettingsError, StorageError) as error:
    sys.exit(f"error: {error}")
