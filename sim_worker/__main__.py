"""`python -m sim_worker`: one worker process until SIGTERM or SIGINT."""

import signal
import sys
import threading

from shared.confinement.errors import ConfinementError
from shared.confinement.sandbox import sandbox_of
from shared.db.database import DatabaseAway
from shared.energyplus.installation import EngineError, find_engine
from shared.logging import configure_logging
from shared.sandbox_mode import is_confined
from shared.settings import SettingsError, read_settings
from shared.storage import StorageError, open_storage
from shared.tracing import configure_tracing
from sim_worker.service.worker import WorkerService


def main() -> int:
    """Run until SIGTERM or SIGINT; returns 0 after a clean drain, 1 after an error message when it could not start."""
    try:
        settings = read_settings()
        configure_logging("worker", settings.log_level, settings.secrets)
        engine = find_engine(settings.served_engine, settings.engine_directories)
        sandbox = sandbox_of(engine, settings.engine_writable) if is_confined(settings) else None
        storage = open_storage(settings)
    except (SettingsError, EngineError, ConfinementError, StorageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    # Signals are blocked and received with sigwait on a separate thread, so that no handler interrupts other code.
    stop_signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)
    configure_tracing("worker", settings.traces_endpoint)
    service = WorkerService(settings, storage, engine, sandbox)
    stop_requested = threading.Event()

    def listen() -> None:
        signal.sigwait(stop_signals)
        stop_requested.set()
        service.hurry()

    threading.Thread(target=listen, name="signals", daemon=True).start()
    try:
        service.start()
    except DatabaseAway:
        service.close()
        return 0
    stop_requested.wait()
    service.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
