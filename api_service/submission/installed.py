"""Weather files that a submission names and that are installed with the service: inputs like uploaded ones."""

from collections.abc import Sequence
from difflib import get_close_matches

from api_service.http.problem import Fault
from api_service.http.spool import Spooled
from api_service.submission.inputs import Candidate
from shared.energyplus.weather_library import InstalledWeather, WeatherLibrary
from shared.enums import InputRole
from shared.storage.base import hash_file

SHOWN_CHARACTERS = 100
#: Names that are compared with one that is not installed.
COMPARED = 1000


def installed_weather(
    library: WeatherLibrary, named: Sequence[tuple[str, str]], faults: list[Fault]
) -> list[Candidate]:
    """Returns the installed files for pairs of field and name; what is not installed is added to `faults`."""
    found = []
    files: dict[str, Spooled | None] = {}
    for field, name in named:
        if name not in files:
            item = library.find(name)
            files[name] = None if item is None else _file(item)
        file = files[name]
        if file is None:
            shown = repr(name[:SHOWN_CHARACTERS])
            faults.append(Fault(field, f"no installed weather file is called {shown}{_advice(library, name)}"))
        else:
            found.append(Candidate(InputRole.WEATHER, field, file))
    return found


def _file(item: InstalledWeather) -> Spooled | None:
    # Not copied into the spool: the store compares what it writes with the hash.
    try:
        sha256, size = hash_file(item.path)
    except OSError:
        return None
    return Spooled(item.name, item.path, sha256, size)


def _advice(library: WeatherLibrary, name: str) -> str:
    alike = get_close_matches(name[:SHOWN_CHARACTERS], [item.name for item in library.search()[:COMPARED]], n=1)
    return f"; did you mean {alike[0]!r}?" if alike else "; GET /api/v1/weather lists those that are"
