"""Conversion of an execution into the `Finished` that the database stores: result or model failure. Pure functions."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from shared.energyplus.results.messages import Message
from shared.energyplus.results.reading import Results
from shared.energyplus.results.subjects import MessageObject
from shared.energyplus.verdict import Verdict
from shared.state.caps import OverCap
from shared.state.finished import OWN_NOTE, Failure, Finished, StoredMessage
from sim_worker.engine.supervise import Execution

#: Number of severe and fatal messages in the reason: the first ones name the cause, later ones are consequences.
SHOWN_MESSAGES = 4
#: Code of a run without a result because of its owner's limit of stored bytes (EPSM_OWNER_STORED_BYTES).
NO_ROOM = "stored_bytes"
ADVICE = "delete simulations that are no longer needed, then retry the failed runs"


def stored(messages: Iterable[Message]) -> list[StoredMessage]:
    """The messages as they are stored."""
    return [StoredMessage(m.severity, m.text, m.count, _object(m.about) if m.about else None) for m in messages]


def _object(about: MessageObject) -> dict[str, Any]:
    return {"class": about.class_name, "name": about.name, "line": about.line}


def succeeded(execution: Execution, results: Results, messages: Iterable[Message]) -> Finished:
    """The result of an execution with a successful verdict."""
    return Finished(
        verdict=str(execution.verdict),
        metrics=results.metrics,
        failure=None,
        messages=stored(messages),
    )


def failed(execution: Execution, messages: tuple[Message, ...], limit_seconds: float) -> Finished:
    """The failure of an execution, described by its first severe and fatal messages.

    `limit_seconds` is the hard limit, for the message of a run that timed out.
    """
    return Finished(
        verdict=str(execution.verdict),
        metrics=None,
        failure=Failure(str(execution.verdict), _reason(execution, messages, limit_seconds)),
        messages=stored(messages),
    )


def with_notes(finished: Finished, notes: Iterable[str]) -> Finished:
    """The result with warnings of EPSM's own."""
    return replace(
        finished, messages=[*finished.messages, *(StoredMessage("warning", f"{OWN_NOTE}{note}", 1) for note in notes)]
    )


def no_room(over: OverCap) -> Finished:
    """The failure of a run that was not executed, because its results could not be stored."""
    text = f"{over.has} bytes are stored for you, more than the {over.maximum} that are allowed; {ADVICE}"
    return Finished(verdict=None, metrics=None, failure=Failure(NO_ROOM, text))


def without_files(finished: Finished, over: OverCap) -> Finished:
    """The result whose files do not fit into what its owner may store: a failure, and a note if it is one already."""
    text = (
        f"The run's files have {over.adding} bytes and were not stored: {over.has} are stored for you, and "
        f"{over.maximum} are allowed; {ADVICE}"
    )
    if finished.failure is not None:
        return with_notes(finished, [text])
    return replace(finished, verdict=None, metrics=None, failure=Failure(NO_ROOM, text))


def _reason(execution: Execution, messages: tuple[Message, ...], limit_seconds: float) -> str:
    serious = [m for m in messages if m.severity in ("severe", "fatal")]
    # The fatal message says that EnergyPlus stopped, the severe ones before it say why, so both are shown.
    shown = serious[:SHOWN_MESSAGES] + [m for m in serious[SHOWN_MESSAGES:] if m.severity == "fatal"][:1]
    reasons = "\n".join(f"{m.severity.capitalize()}: {m.text}" for m in shown)
    match execution.verdict:
        case Verdict.TIMED_OUT:
            return f"EnergyPlus was stopped after {execution.engine_seconds:.0f} s, its limit is {limit_seconds:.0f} s"
        case Verdict.CRASHED:
            return f"EnergyPlus crashed ({execution.exit}){': ' + reasons if reasons else ''}"
        case _:
            return reasons or "EnergyPlus stopped with a fatal error and did not say why"
