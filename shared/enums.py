"""The fixed vocabulary of simulations and runs, used by the schema, the API and the worker alike."""

from enum import IntEnum, StrEnum


class Status(StrEnum):
    """Where a run, or a simulation as a whole, is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in TERMINAL


TERMINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})


class Priority(IntEnum):
    """A simulation's band: every queued run of a higher band goes before any of a lower one."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3

    @property
    def word(self) -> str:
        """The name users know it by."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> "Priority":
        """The band named `word`; ValueError names the choices."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise ValueError(f"must be one of {', '.join(p.word for p in cls)}") from None


class HeldReason(StrEnum):
    """Why a queued run may not start yet."""

    BACKOFF = "backoff"


class WorkerStatus(StrEnum):
    """What a worker says of itself; one that says nothing for long is lost, which nobody writes down."""

    READY = "ready"
    UNFIT = "unfit"
    DRAINING = "draining"
    DRAINED = "drained"
    STOPPED = "stopped"


class InputRole(StrEnum):
    """What an input file of a simulation is."""

    MODEL = "model"
    WEATHER = "weather"
    FILE = "file"


class Outcome(StrEnum):
    """How one attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INFRASTRUCTURE = "infrastructure"
    LOST = "lost"
    DRAINED = "drained"
