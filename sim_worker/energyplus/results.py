"""Reading what a successful execution left in its directory."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim_worker.energyplus.database import ResultError, open_results
from sim_worker.energyplus.messages import Message, read_messages
from sim_worker.energyplus.metrics import read_metrics

__all__ = ["ResultError", "Results", "read_results"]


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
            metrics = read_metrics(connection)
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        raise ResultError(f"eplusout.sql does not hold what was expected: {error}") from error
    metrics |= {
        "warnings": said.warnings,
        "severe_errors": said.severe_errors,
        "engine_seconds": round(engine_seconds, 3),
    }
    return Results(metrics, said.messages)
