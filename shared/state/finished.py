"""What is reported about an attempt at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

#: How messages begin that are not EnergyPlus's: about files that were not kept.
OWN_NOTE = "EPSM: "


@dataclass(frozen=True, slots=True)
class AttemptKey:
    """Identifies an attempt; `attempt` is the fencing token of every write below."""

    simulation_id: UUID
    run_id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Reason why there is no result: `code` for programs, `message` for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One distinct message of EnergyPlus; `object` has the class, the name and the line of what it is about."""

    severity: str
    text: str
    count: int
    object: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One stored output file."""

    name: str
    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class MeasuredModel:
    """Which model an attempt simulated, and what of it decides how long that takes: estimates are fitted to these."""

    sha256: str
    features: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """Result of an attempt: metrics when it succeeded, else the failure. `phases` are seconds by name.

    The verdict is None for a model that was refused before EnergyPlus was started. `model` is of a success.
    """

    verdict: str | None
    metrics: Mapping[str, Any] | None
    failure: Failure | None
    messages: Sequence[StoredMessage] = ()
    files: Sequence[OutputFile] = ()
    phases: Mapping[str, float] = field(default_factory=dict)
    model: MeasuredModel | None = None
