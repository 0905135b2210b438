"""`python -m api_service`: the API under gunicorn until SIGTERM, on the address that the settings name."""

import os
import sys

from shared.settings import SettingsError, read_settings

#: gunicorn kills a worker process without a heartbeat for this long. A slow request does not matter: the heartbeat
#: comes from gthread's main loop, not from the thread that serves the request.
SILENT_SECONDS = 120
WORKER_CLASS = "api_service.http.server.PatientWorker"
#: How long a request may still take after SIGTERM.
GRACEFUL_SECONDS = 15


def main() -> int:
    """Replaces this process with gunicorn; returns 1 and prints an error message when the settings are invalid."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    host = f"[{settings.api_host}]" if ":" in settings.api_host else settings.api_host
    # One process, so that /metrics covers all requests. For more requests at once, add threads, then containers.
    command = [
        *(sys.executable, "-m", "gunicorn", "--worker-class", WORKER_CLASS, "--workers", "1"),
        *("--threads", str(settings.api_threads), "--bind", f"{host}:{settings.api_port}"),
        *("--timeout", str(SILENT_SECONDS), "--graceful-timeout", str(GRACEFUL_SECONDS), "--no-control-socket"),
        # For gunicorn's heartbeat files: with a read-only root file system, no other directory is writable.
        *("--worker-tmp-dir", str(settings.scratch_directory)),
        "api_service.wsgi:app",
    ]
    settings.scratch_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.execv(sys.executable, command)  # noqa: S606  (a list, no shell)


if __name__ == "__main__":
    sys.exit(main())
