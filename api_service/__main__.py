"""`python -m api_service`: the API until SIGTERM, on the address that the settings name."""

import sys

from api_service.http.server import serve
from shared.settings import SettingsError, read_settings

TARGET = "api_service.asgi:front"


def main(target: str = TARGET) -> int:
    """Serves until SIGTERM or SIGINT; returns 1 and prints an error message when the settings are invalid."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    settings.scratch_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    serve(target, settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
