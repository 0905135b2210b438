"""Reading what a successful execution left in its directory."""

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.energyplus.catalogue import CATALOGUE
from shared.energyplus.results.database import ResultError, open_results
from shared.energyplus.results.messages import Message, read_messages
from shared.energyplus.results.metrics import read_metrics
from shared.energyplus.untrusted_file import MODEL_BYTES, read_ends

__all__ = ["ResultError", "Results", "read_results"]


#: Outside a comment, in either format; whoever has such a system also names it in a list of equipment.
IDEAL_LOADS = re.compile(rb"^[^!\n]*ZoneHVAC:IdealLoadsAirSystem", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Results:
    """Metrics by the contract's keys, ready for JSON, and the messages of the .err file."""

    metrics: dict[str, Any]
    messages: tuple[Message, ...]


def read_results(directory: Path, *, engine_seconds: float) -> Results:
    """Metrics and messages of one run. Raises ResultError when there is nothing that can be read."""
    said = read_messages(directory / "eplusout.err")
    try:
        with open_results(directory / "eplusout.sql") as connection:
            found = read_metrics(connection)
    except (sqlite3.Error, ValueError, TypeError, ArithmeticError) as error:
        raise ResultError(f"eplusout.sql does not hold what was expected: {error}") from error
    found |= {
        "ideal_loads": has_ideal_loads(directory),
        "warnings": said.warnings,
        "severe_errors": said.severe_errors,
        "engine_seconds": round(engine_seconds, 3),
    }
    return Results({metric.name: found[metric.name] for metric in CATALOGUE}, said.messages)


def has_ideal_loads(directory: Path) -> bool:
    """Whether the model in `directory` has systems that deliver loads without using energy.

    From the model, because EnergyPlus reports only those of such systems that it sized.
    """
    models = (directory / name for name in ("in.idf", "in.epJSON"))
    return any(IDEAL_LOADS.search(read_ends(model, MODEL_BYTES, 0)[0]) for model in models)
