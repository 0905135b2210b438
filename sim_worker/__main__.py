"""`python -m sim_worker`: one worker process until SIGTERM or SIGINT."""

import signal
import sys
import threading

from shared.confinement.errors import ConfinementError
from shared.confinement.sandbox import Sandbox, require_confinement, sandbox_of
from shared.db.database import DatabaseAway
from shared.energyplus.installation import Engine, EngineError, find_engine
from shared.logging import configure_logging, get_logger
from shared.settings import Settings, SettingsError, read_settings
from shared.storage import StorageError, open_storage
from shared.tracing import configure_tracing
from sim_worker.service.worker import WorkerService

log = get_logger(__name__)


def main() -> int:
    """Run until SIGTERM or SIGINT; returns 0 after a clean drain, 1 after an error message when it could not start."""
    try:
        settings = read_settings()
        configure_logging("worker", settings.log_level, settings.secrets)
        engine = find_engine(settings.served_engine, settings.engine_directories)
        sandbox = sandbox_for(settings, engine)
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


def sandbox_for(settings: Settings, engine: Engine) -> Sandbox | None:
    """The sandbox of the engine, None when it is off. Raises ConfinementError."""
    if settings.sandbox == "off":
        return None
    if left := require_confinement(relaxed=settings.sandbox == "relaxed"):
        log.warning("sandbox.relaxed", a_model_could=left)
    return sandbox_of(engine, settings.engine_writable)


if __name__ == "__main__":
    sys.exit(main())
