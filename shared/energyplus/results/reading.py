"""Reading of a successful run's directory."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.energyplus.catalogue import CATALOGUE
from shared.energyplus.preparation.assemblies import PlacedAssemblies
from shared.energyplus.results.database import ResultError, open_results
from shared.energyplus.results.messages import Messages, read_messages
from shared.energyplus.results.metrics import read_metrics

__all__ = ["ResultError", "Results", "read_results"]


@dataclass(frozen=True, slots=True)
class Results:
    """Metrics by the contract's keys, ready for JSON, and the messages of the .err file."""

    metrics: dict[str, Any]


def read_results(
    directory: Path,
    *,
    engine_seconds: float,
    said: Messages | None = None,
    ideal_loads: bool = False,
    building: str | None = None,
    placed: PlacedAssemblies | None = None,
) -> Results:
    """Metrics of one run, whose model was seen to have `ideal_loads` or not, and what it calls itself.

    `said` are its messages, if they have been read. `placed` are the constructions of a library that it was given.
    Raises ResultError when there is nothing that can be read.
    """
    said = said or read_messages(directory / "eplusout.err")
    try:
        with open_results(directory / "eplusout.sql") as connection:
            found = read_metrics(connection, directory / "eplusout.eio")
    except (sqlite3.Error, ValueError, TypeError, ArithmeticError) as error:
        raise ResultError(f"eplusout.sql does not hold what was expected: {error}") from error
    found |= {
        "assemblies_gwp_kgco2e": placed.gwp if placed else None,
        "assemblies_cost_sek": placed.cost if placed else None,
        "building": building,
        "ideal_loads": ideal_loads,
        "warnings": said.warnings,
        "severe_errors": said.severe_errors,
        "engine_seconds": round(engine_seconds, 3),
    }
    return Results({metric.name: found[metric.name] for metric in CATALOGUE})
