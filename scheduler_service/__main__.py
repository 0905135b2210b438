"""`python -m scheduler_service`: one scheduler process until SIGTERM or SIGINT."""

import signal
import sys

from scheduler_service.service import SchedulerService
from shared.logging import configure_logging
from shared.settings import SettingsError, read_settings
from shared.storage import StorageError, open_storage
from shared.tracing import configure_tracing


def main() -> int:
    """Runs until SIGTERM or SIGINT; returns 0 after a clean stop, 1 with an error message when it cannot start."""
    try:
        settings = read_settings()
        configure_logging("scheduler", settings.log_level, settings.secrets)
        storage = open_storage(settings)
    except (SettingsError, StorageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    stop_signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)
    configure_tracing("scheduler", settings.traces_endpoint)
    service = SchedulerService(settings, storage)
    service.start()
    signal.sigwait(stop_signals)
    service.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
