"""Weather files that are installed with the engines or in directories of their own, by name and by place.

Asked by the API. The files are those of the operator; only their first lines are read here, once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from shared.energyplus.findings import Rejected
from shared.energyplus.intake.names import check_name
from shared.energyplus.intake.weather import WeatherPlace, read_place

#: Bounds the memory and the first answer; the whole world has some 20,000 files of typical years.
MAX_FILES = 50_000


@dataclass(frozen=True, slots=True)
class InstalledWeather:
    """One installed weather file."""

    name: str
    path: Path
    place: WeatherPlace

    def is_called(self, text: str) -> bool:
        """Whether its name or location contains `text`, in any case."""
        wanted = text.casefold()
        return wanted in self.name.casefold() or wanted in self.place.full_name.casefold()


class WeatherLibrary:
    """The weather files of `directories`, of equal names the first; read at the first use and kept."""

    def __init__(self, directories: Iterable[Path]) -> None:
        self._directories = tuple(directories)

    def find(self, name: str) -> InstalledWeather | None:
        """The file with this name."""
        return self._by_name.get(name)

    def search(self, place: str = "") -> Sequence[InstalledWeather]:
        """The files whose name or location contains `place`, by name."""
        return [item for item in self._by_name.values() if item.is_called(place)]

    @cached_property
    def _by_name(self) -> dict[str, InstalledWeather]:
        found: dict[str, InstalledWeather] = {}
        for path in islice(_files(self._directories), MAX_FILES):
            if path.name not in found and (item := _installed(path)) is not None:
                found[path.name] = item
        return dict(sorted(found.items()))


def _files(directories: Iterable[Path]) -> Iterable[Path]:
    for directory in directories:
        try:
            yield from sorted(path for path in directory.iterdir() if path.suffix.lower() == ".epw" and path.is_file())
        except OSError:
            # A directory that is not there has no weather.
            continue


def _installed(path: Path) -> InstalledWeather | None:
    """The file; None when it is no weather file, or has a name that no submission may have."""
    try:
        check_name(path.name)
        return InstalledWeather(path.name, path, read_place(path))
    except (Rejected, OSError):
        return None
