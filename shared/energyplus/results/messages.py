"""The .err file: distinct messages with their counts, and the closing statement.

The file may be missing, cut off, enormous or not text at all; none of that is an error here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from shared.energyplus.catalogue import VARIABLES
from shared.energyplus.results.subjects import MessageObject, located, subject_of
from shared.energyplus.untrusted_file import MODEL_BYTES, read_ends
from shared.energyplus.verdict import Statement

Severity = Literal["warning", "severe", "fatal"]

#: A model can warn in every time step; beyond these bytes only the closing lines are of interest.
HEAD_BYTES = 4 << 20
TAIL_BYTES = 64 << 10
MAX_MESSAGES = 200
MAX_MESSAGE_CHARACTERS = 2000
TOTALS = re.compile(r"(\d{1,12}) Warning; (\d{1,12}) Severe Errors;")
#: A message, the continuation of one (~~~), or either of them in the closing summary of recurring messages.
LINE = re.compile(r"\s*(?:\*{13}\s+)?\*\*\s*(Warning|Severe|Fatal|~~~)\s*\*\*\s*(.*)")
#: What was not found, on lines of their own behind the message that says so.
NAMED = re.compile(r"\s*\*{13} (Key=.*)")
#: Of this message, which EnergyPlus does not count among its warnings.
NOT_GENERATED = "The following Report Variables were requested but not generated"
#: Variables that are asked for in every model, also in one without zones.
OURS = re.compile("VarName=(" + "|".join(VARIABLES).upper() + ")")
#: From one line's beginning to its end: \s would try every line of a blank file anew from every other.
FATAL = re.compile(r"^[ \t]*+\*\*[ \t]++Fatal[ \t]++\*\*", re.MULTILINE)
RECURRED = re.compile(r"This error occurred (\d{1,12}) total times;")
#: How serious, most serious first; the severe ones say why, the fatal one only that it ended.
SEVERITIES: tuple[Severity, ...] = ("severe", "fatal", "warning")
#: Asking for every meter includes the carbon meter, of which EnergyPlus then says that it will be zero.
CARBON = "GetPollutionFactorInput: Requested reporting for Carbon Equivalent Pollution"


@dataclass(frozen=True, slots=True)
class Message:
    """One distinct message, how often the file has it, and the object that it is about."""

    severity: Severity
    text: str
    count: int
    about: MessageObject | None = None


@dataclass(frozen=True, slots=True)
class Messages:
    """All that the file says; `warnings` and `severe_errors` are EnergyPlus's own totals where it gives them."""

    messages: tuple[Message, ...]
    warnings: int
    severe_errors: int


def read_messages(err: Path, model: Path | None = None) -> Messages:
    """Severe and fatal messages first, then warnings, each in the order of the file; at most 200.

    A message that EnergyPlus repeats in its summary of recurring messages is counted as often as it says there. The
    warning that only our asking for every meter brings about is left out, of the total too. Output variables that were
    not found count as a warning, which EnergyPlus prints without counting it.
    Objects get their lines in `model`, the submitted one, when it is given.
    """
    text = _read(err)
    counted: Counter[tuple[Severity, str]] = Counter()
    for severity, said in _parse(text):
        recurred = RECURRED.search(said)
        counted[severity, said] += int(recurred[1]) if recurred else 1
    for key in [key for key in counted if key[1].startswith(NOT_GENERATED) and "VarName=" not in key[1]]:
        del counted[key]
    ours = [key for key in counted if key[1].startswith(CARBON)] if not _asks_for_carbon(err.parent) else []
    totals = TOTALS.findall(text)
    warnings, severe = (int(n) for n in totals[-1]) if totals else _count(counted)
    warnings -= sum(counted.pop(key) for key in ours)
    if totals:
        warnings += sum(count for (_, said), count in counted.items() if said.startswith(NOT_GENERATED))
    messages = [Message(severity, said, count) for (severity, said), count in counted.items()]
    messages.sort(key=lambda message: SEVERITIES.index(message.severity))
    return Messages(_about(messages[:MAX_MESSAGES], model), max(warnings, 0), severe)


def _about(messages: list[Message], model: Path | None) -> tuple[Message, ...]:
    subjects = [subject_of(message.text) for message in messages]
    if model is not None:
        subjects = located(subjects, model)
    return tuple(replace(message, about=subject) for message, subject in zip(messages, subjects, strict=True))


def _parse(text: str) -> Iterator[tuple[Severity, str]]:
    """Every message with its continuation lines."""
    severity: Severity | None = None
    said: list[str] = []
    for line in text.splitlines():
        found = LINE.match(line)
        if found is None:
            named = NAMED.match(line)
            if named and said and said[0].startswith(NOT_GENERATED) and not OURS.search(named[1]):
                said.append(named[1].strip())
            continue
        if found[1] == "~~~":
            said.append(found[2].strip())
            continue
        if severity is not None:
            yield severity, _clean("\n".join(said))
        severity, said = next(s for s in SEVERITIES if s == found[1].lower()), [found[2].strip()]
    if severity is not None:
        yield severity, _clean("\n".join(said))


def _count(counted: Counter[tuple[Severity, str]]) -> tuple[int, int]:
    by_severity: Counter[Severity] = Counter()
    for (severity, _), count in counted.items():
        by_severity[severity] += count
    return by_severity["warning"], by_severity["severe"]


def _asks_for_carbon(directory: Path) -> bool:
    """Whether the model itself asks for carbon equivalents, so that the warning is its own."""
    models = (read_ends(directory / name, MODEL_BYTES, 0)[0] for name in ("in.idf", "in.epJSON"))
    return any(b"carbon equivalent" in model.lower() for model in models)


def read_statement(err: Path) -> Statement:
    """What EnergyPlus states at the end of its .err file."""
    text = _read(err)
    totals = TOTALS.findall(text)
    return Statement(
        completed="EnergyPlus Completed Successfully" in text,
        fatal="EnergyPlus Terminated" in text or FATAL.search(text) is not None,
        severe_errors=int(totals[-1][1]) if totals else 0,
    )


def _clean(text: str) -> str:
    # Postgres takes no NUL, and a person reads no other control character either.
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", text)[:MAX_MESSAGE_CHARACTERS]


def _read(err: Path) -> str:
    head, tail = read_ends(err, HEAD_BYTES, TAIL_BYTES)
    return (head + b"\n" + tail if tail else head).decode("utf-8", "replace")
