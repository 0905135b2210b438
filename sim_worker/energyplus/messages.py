"""What EnergyPlus says in its .err file: the distinct messages with their counts, and its closing statement.

The file may be missing, cut off, enormous or not text at all; none of that is an error here.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from idfkit.simulation.parsers.err import ErrorReport

from sim_worker.energyplus.outcome import Statement

Severity = Literal["warning", "severe", "fatal"]

#: A model can warn in every time step; beyond these bytes only the closing lines are of interest.
HEAD_BYTES = 4 << 20
TAIL_BYTES = 64 << 10
MOST_MESSAGES = 200
LONGEST_MESSAGE = 2000
TOTALS = re.compile(r"(\d+) Warning; (\d+) Severe Errors;")


@dataclass(frozen=True, slots=True)
class Message:
    """One distinct message and how often the file has it."""

    severity: Severity
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Messages:
    """All that the file says; `warnings` and `severe_errors` are EnergyPlus's own totals where it gives them."""

    messages: tuple[Message, ...]
    warnings: int
    severe_errors: int


def read_messages(err: Path) -> Messages:
    """Fatal and severe messages first, then warnings, each in the order of the file; at most 200."""
    text = _read(err)
    report = ErrorReport.from_string(text)
    found: list[tuple[Severity, tuple[object, ...]]] = [
        ("severe", report.severe),
        ("fatal", report.fatal),
        ("warning", report.warnings),
    ]
    messages = []
    for severity, raw in found:
        counted = Counter(_clean("\n".join((m.message, *m.details))) for m in raw)  # type: ignore[attr-defined]
        messages += [Message(severity, shown, count) for shown, count in counted.items()]
    totals = TOTALS.findall(text)
    warnings, severe = (int(n) for n in totals[-1]) if totals else (len(report.warnings), len(report.severe))
    return Messages(tuple(messages[:MOST_MESSAGES]), warnings, severe)


def read_statement(err: Path) -> Statement:
    """What EnergyPlus states at the end of its .err file."""
    text = _read(err)
    totals = TOTALS.findall(text)
    return Statement(
        completed="EnergyPlus Completed Successfully" in text,
        fatal="EnergyPlus Terminated" in text or re.search(r"^\s*\*\*\s+Fatal\s+\*\*", text, re.MULTILINE) is not None,
        severe_errors=int(totals[-1][1]) if totals else 0,
    )


def _clean(text: str) -> str:
    # Postgres takes no NUL, and a person reads no other control character either.
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", text)[:LONGEST_MESSAGE]


def _read(err: Path) -> str:
    try:
        with err.open("rb") as file:
            head = file.read(HEAD_BYTES)
            rest = file.seek(0, 2) - len(head)
            if rest <= 0:
                return head.decode("utf-8", "replace")
            file.seek(-min(rest, TAIL_BYTES), 2)
            return (head + b"\n" + file.read()).decode("utf-8", "replace")
    except OSError:
        return ""
