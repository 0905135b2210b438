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
}
