"""Enumerations of simulations, runs and workers, used by the database schema, the API and the services."""

from enum import IntEnum, StrEnum


class Status(StrEnum):
    """Status of a run, and of a simulation as a whole."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the status is terminal: only a retry, which a user requests, changes it again."""
        return self in TERMINAL


TERMINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})


class Priority(IntEnum):
    """Priority band of a simulation: queued runs of a higher band go first; `shared.window` has exceptions."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3

    @property
    def word(self) -> str:
        """The name in the API and in pages, in lower case."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> "Priority":
        """The band with the name `word`, in any case. Raises ValueError, whose message lists the valid names."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise ValueError(f"must be one of {', '.join(p.word for p in cls)}") from None


class HeldReason(StrEnum):
    """Why a queued run may not start yet."""

    BACKOFF = "backoff"
    USER = "user"
    TWIN = "twin"
    CANARY = "canary"
    DEPENDENCY = "dependency"


class WorkerStatus(StrEnum):
    """Status that a worker writes with its beat.

    A worker without recent beats is shown as lost. That state is computed from the time of its last beat and never
    stored, so it is not a member here.
    """

    READY = "ready"
    UNFIT = "unfit"
    DRAINING = "draining"
    DRAINED = "drained"
    STOPPED = "stopped"


class InputRole(StrEnum):
    """Role of an input file in a simulation. The design has the variants; no user submits it."""

    MODEL = "model"
    WEATHER = "weather"
    FILE = "file"
    DESIGN = "design"


class Outcome(StrEnum):
    """How one attempt ended.

    REUSED: the run was linked to the result of an identical one. TWIN: given back, because an identical one is running.
    """

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INFRASTRUCTURE = "infrastructure"
    LOST = "lost"
    DRAINED = "drained"
    REUSED = "reused"
    TWIN = "twin"
