"""The verdict: what EnergyPlus said of a run. A pure function of how the process ended and what its .err file says."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What became of an execution."""

    SUCCESS = "success"
    SUCCESS_WITH_SEVERE_ERRORS = "success_with_severe_errors"
    FATAL = "fatal"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Exit:
    """How a child process ended: by exit code or by signal, and what it used."""

    code: int | None
    signal: int | None
    user_seconds: float = 0.0
    system_seconds: float = 0.0
    max_rss_bytes: int = 0

    def __str__(self) -> str:
        return f"signal {self.signal}" if self.code is None else f"exit code {self.code}"


@dataclass(frozen=True, slots=True)
class Statement:
    """What the .err file states: that it completed, that it ended fatally, how many severe errors there were."""

    completed: bool
    fatal: bool
    severe_errors: int


def classify(ended: Exit, said: Statement, *, timed_out: bool) -> Verdict:
    """The verdict. An exit code of 0 alone is no success: EnergyPlus must have said that it completed."""
    if timed_out:
        return Verdict.TIMED_OUT
    if said.fatal:
        return Verdict.FATAL
    if ended.code == 0 and said.completed:
        return Verdict.SUCCESS_WITH_SEVERE_ERRORS if said.severe_errors else Verdict.SUCCESS
    return Verdict.CRASHED
