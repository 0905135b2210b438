"""Locates models and weather for tests: DOE's in the pyenergyplus package, our own small office in the demo."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent
SMALL_OFFICE = ROOT / "api_service" / "web" / "static" / "small_office.idf"
ENGINE_VERSION = "25.2.0"


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


def _data(folder: str) -> Path:
    found = importlib.util.find_spec("pyenergyplus")
    assert found is not None, "pyenergyplus-lbnl, a development dependency, is not installed"
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "data" / folder
