"""Members of a ZIP archive: which are skipped, and which of the others are models or weather files.

Called by `archive`, before a member is unpacked, and by the API, to sort the unpacked files. All other files are side
files. Models (.idf, .imf, .epJSON) and weather files (.epw) are skipped only in hidden folders, whatever their names.
"""

import mmap
import re
from pathlib import Path, PurePosixPath

MODEL_SUFFIXES = frozenset({".idf", ".imf", ".epjson"})
#: Suffix of models and of other files: the content decides.
JSON_SUFFIX = ".json"
WEATHER_SUFFIX = ".epw"

#: Folder with resource forks, added by macOS.
MACOS_FOLDER = "__MACOSX"
#: Files of the Windows Explorer. Those of macOS begin with a dot.
WINDOWS_FILES = frozenset({"thumbs.db", "desktop.ini"})
#: Files beside an EPW in the archives of climate.onebuilding.org and energyplus.net. EnergyPlus reads none of them.
WEATHER_COMPANIONS = frozenset({".ddy", ".stat", ".clm", ".wea", ".pvsyst", ".rain"})
#: Beginning of the names of EnergyPlus's results, such as eplusout.sql and eplustbl.htm.
RESULT_BEGINNING = "eplus"
#: Suffixes of results that bear the model's name, as EP-Launch and `energyplus --output-prefix` write them.
RESULT_SUFFIXES = frozenset(
    {".audit", ".bnd", ".edd", ".eio", ".end", ".err", ".eso", ".mdd", ".mtd", ".mtr", ".rdd", ".rvaudit", ".shd"}
)
#: Other files that EnergyPlus and its tools keep in a run's directory; side files of these names are refused.
RUN_FILES = frozenset(
    {"energy+.ini", "energy+.idd", "energyplus.ini", "energyplus.out", "audit.out", "in.rvi", "in.mvi"}
)

_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_VERSION = b'"version_identifier"'


def is_skipped(path: str) -> bool:
    """Whether no simulation reads the member at `path`: it is hidden, of the operating system, or a result."""
    *_, last = parts = path.split("/")
    if any(part.startswith(".") or part == MACOS_FOLDER for part in parts):
        return True
    name, suffix = last.lower(), _suffix(last)
    if suffix in MODEL_SUFFIXES or suffix == WEATHER_SUFFIX:
        return False
    return (
        name.startswith(RESULT_BEGINNING)
        or name in WINDOWS_FILES | RUN_FILES
        or suffix in WEATHER_COMPANIONS | RESULT_SUFFIXES
    )


def is_model(name: str, file: Path) -> bool:
    """Whether the unpacked `file` is a model; one that ends in .json is when it looks like epJSON."""
    suffix = _suffix(name)
    return suffix in MODEL_SUFFIXES or (suffix == JSON_SUFFIX and _looks_like_epjson(file))


def is_weather(name: str) -> bool:
    """Whether a file of this name is a weather file."""
    return _suffix(name) == WEATHER_SUFFIX


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _looks_like_epjson(file: Path) -> bool:
    """Whether a JSON object has the field that every epJSON model must have; the rest is not parsed."""
    if file.stat().st_size == 0:
        return False
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _OBJECT.match(content) is not None and content.find(_VERSION) >= 0
