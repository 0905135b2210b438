"""`python -m api_service`: the API under gunicorn until SIGTERM, on the address that the settings name."""

import os
import sys

from shared.settings import SettingsError, read_settings

#: However long a request takes, gthread answers the master's heartbeat beside it.
SILENT_SECONDS = 120
WORKER_CLASS = "api_service.http.server.PatientWorker"
#: What a request may still take after SIGTERM.
GRACEFUL_SECONDS = 15


def main() -> int:
    """Become gunicorn; 1 with a sentence when the settings are wrong."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    host = f"[{settings.api_host}]" if ":" in settings.api_host else settings.api_host
    # One process, so that /metrics tells all: threads serve more requests at once, further containers still more.
    command = [
        *(sys.executable, "-m", "gunicorn", "--worker-class", WORKER_CLASS, "--workers", "1"),
        *("--threads", str(settings.api_threads), "--bind", f"{host}:{settings.api_port}"),
        *("--timeout", str(SILENT_SECONDS), "--graceful-timeout", str(GRACEFUL_SECONDS), "--no-control-socket"),
        # The master's heartbeat files; a read-only root has no other place for them.
        *("--worker-tmp-dir", str(settings.scratch_directory)),
        "api_service.wsgi:app",
    ]
    settings.scratch_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.execv(sys.executable, command)  # noqa: S606  (a list, no shell)


if __name__ == "__main__":
    sys.exit(main())
