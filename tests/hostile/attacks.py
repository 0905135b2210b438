"""Submissions that want to hurt other people's runs by what they make the services do: each takes time or memory."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HEAD = "Version,25.2;\n"
#: Name of a building that the tests' engine leaves a database of many tables for.
MANY_TABLES, TABLES = "Many Tables", 300_000


@dataclass(frozen=True)
class Attack:
    """One submission: what it tries, its file, and what must be said about it, by the API or as the run's error.

    The file of the short form may be smaller.
    """

    tries: str
    content: Callable[[bool], bytes]
    says: str
    name: str = "model.idf"
    parameters: list[dict[str, Any]] = field(default_factory=list)
    #: How many come at once, in the short form too.
    together: int = 1


def _archive(model: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("model.idf", model)
    return packed.getvalue()


def _blanks(_: bool) -> bytes:
    return f"{HEAD}Zone{' ' * 200_000};".encode()


def _lists(full: bool) -> bytes:
    return _archive(HEAD + "".join(f"ZoneList,L{n}{',Z' * 15_000};\n" for n in range(530 if full else 120)))


def _building(_: bool) -> bytes:
    return f"{HEAD}Building,{MANY_TABLES},0,Suburbs,0.04,0.4,FullExterior,25,6;\n".encode()


def _keys(_: bool) -> bytes:
    keys = ",".join(f'"key{number:010d}":1' for number in range(1_850_000))
    return f'{{"Version":{{"v":{{"version_identifier":"25.2"}}}},"Zone":{{"Z":{{{keys}}}}}}}'.encode()


def _zones(full: bool) -> bytes:
    count = 99_000 if full else 2_000
    return (HEAD + "Building,B;\n" + "".join(f"Zone,Z{number};\n" for number in range(count))).encode()


def _everywhere() -> list[dict[str, Any]]:
    """Fifty parameters, each of which changes every zone."""
    fields = ("X Origin", "Y Origin", "Z Origin", "Ceiling Height", "Volume")
    return [
        {"name": f"p{number}", "object": "Zone", "field": fields[number % len(fields)], "values": [number + 1.0]}
        for number in range(50)
    ]


TOOK = r"(?i)(preparing|reading) this model took more than (\d+ MB of memory|\d+ s)"
ATTACKS = {
    "blanks": Attack(
        "holds the parser in one regular expression for minutes",
        _blanks,
        "line 2: Zone ends without a field",
    ),
    # What fits into a helper is too much for EnergyPlus, which has as much memory.
    "archive of lists": Attack(
        "becomes gigabytes of objects from 18 KB", _lists, f"{TOOK}|EnergyPlus crashed", "project.zip"
    ),
    "tables": Attack(
        "leaves results whose list of tables alone fills the memory",
        _building,
        "EnergyPlus succeeded, but",
    ),
    "keys": Attack(
        "becomes hundreds of megabytes of one object at the door, twice at once",
        _keys,
        "reading this model took more than",
        "model.epJSON",
        together=2,
    ),
    "changes": Attack(
        "changes every zone fifty times, and has each change listed for ever",
        _zones,
        f"{TOOK}|Fatal|Severe",
        parameters=_everywhere(),
    ),
}
