"""What an owner has, and may have at most, in the words of the account page."""

from collections.abc import Callable

from sqlalchemy import Connection

from shared.settings import Settings
from shared.state.caps import queued_runs, running_runs, stored_bytes

#: Between thousands, as the modules of the page have it.
NARROW_SPACE = "\u202f"
UNITS = ("B", "kB", "MB", "GB", "TB")


def limits_of(connection: Connection, owner: str, settings: Settings) -> dict[str, str]:
    """Returns a sentence for each limit, by its name."""
    return {
        "Queued runs": _of(queued_runs(connection, owner), settings.owner_queued_runs, _count),
        "Running runs": _of(running_runs(connection, owner), settings.owner_running_runs, _count),
        "Stored": _of(stored_bytes(connection, owner), settings.owner_stored_bytes, _size),
        "Requests": settings.owner_request_rate.replace("/", " per ") or "no limit",
    }


def _of(used: int, most: int, text: Callable[[int], str]) -> str:
    return f"{text(used)} of at most {text(most)}" if most else f"{text(used)}, no limit"


def _count(value: int) -> str:
    return f"{value:,}".replace(",", NARROW_SPACE)


def _size(value: int) -> str:
    power = min((len(str(value)) - 1) // 3, len(UNITS) - 1)
    return f"{value} B" if power == 0 else f"{value / 1000**power:.1f} {UNITS[power]}"
