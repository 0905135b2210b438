"""The verdict on a run: a pure function of the process's exit and of what its .err file states."""

import signal
from dataclasses import dataclass
from enum import StrEnum

#: What the C++ and Fortran run-time libraries print when an allocation fails.
OUT_OF_MEMORY = (b"bad_alloc", b"Cannot allocate memory", b"Insufficient virtual memory", b"out of memory")


class Verdict(StrEnum):
    """What became of an execution."""

    SUCCESS = "success"
    SUCCESS_WITH_SEVERE_ERRORS = "success_with_severe_errors"
    FATAL = "fatal"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"


#: Verdicts with results.
SUCCESSES = (Verdict.SUCCESS, Verdict.SUCCESS_WITH_SEVERE_ERRORS)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the .err file states: that it completed, that it ended fatally, how many severe errors there were."""

    completed: bool
    fatal: bool
    severe_errors: int


def classify(exit_code: int | None, said: Statement, *, timed_out: bool) -> Verdict:
    """The verdict. An exit code of 0 alone is no success: EnergyPlus must have said that it completed."""
    if exit_code == 0 and said.completed and not said.fatal:
        # Also when the limit's signal came too late to stop it.
        return Verdict.SUCCESS_WITH_SEVERE_ERRORS if said.severe_errors else Verdict.SUCCESS
    if timed_out:
        return Verdict.TIMED_OUT
    return Verdict.FATAL if said.fatal else Verdict.CRASHED


def explain(exit_code: int | None, signal_number: int | None, printed: bytes) -> str:
    """The cause of a crash, as far as it follows from the exit and the last printed bytes; else empty."""
    if any(words in printed for words in OUT_OF_MEMORY):
        return "out of memory"
    if signal_number == signal.SIGXFSZ:
        return "a file grew past the limit"
    return "without saying that it completed" if exit_code == 0 else ""
