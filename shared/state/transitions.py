"""The legal status transitions of runs and simulations, as data. Only `writer.py` carries them out."""

from dataclasses import dataclass

from shared.enums import TERMINAL, Status


@dataclass(frozen=True, slots=True)
class Transition:
    """A legal status change of a run, and the name of the event that records it."""

    event: str
    source: Status
    target: Status


CLAIM = Transition("run.started", Status.QUEUED, Status.RUNNING)
SUCCEED = Transition("run.succeeded", Status.RUNNING, Status.SUCCEEDED)
FAIL = Transition("run.failed", Status.RUNNING, Status.FAILED)
STOP = Transition("run.cancelled", Status.RUNNING, Status.CANCELLED)
WITHDRAW = Transition("run.cancelled", Status.QUEUED, Status.CANCELLED)
PUT_BACK = Transition("run.requeued", Status.RUNNING, Status.QUEUED)
REOPEN = Transition("run.reopened", Status.FAILED, Status.QUEUED)

TRANSITIONS = (CLAIM, SUCCEED, FAIL, STOP, WITHDRAW, PUT_BACK, REOPEN)


@dataclass(frozen=True, slots=True)
class SimulationTransition:
    """A legal status change of a simulation."""

    sources: frozenset[Status]
    target: Status


OPEN = frozenset({Status.QUEUED, Status.RUNNING})

BEGIN = SimulationTransition(frozenset({Status.QUEUED}), Status.RUNNING)
CANCEL_SIMULATION = SimulationTransition(OPEN, Status.CANCELLED)
REOPEN_SIMULATION = SimulationTransition(TERMINAL, Status.QUEUED)
#: Transitions of a simulation when its last run ends; one with a requested cancellation is cancelled already.
END_SUCCEEDED = SimulationTransition(OPEN, Status.SUCCEEDED)
END_FAILED = SimulationTransition(OPEN, Status.FAILED)
END_CANCELLED = SimulationTransition(OPEN, Status.CANCELLED)

SIMULATION_TRANSITIONS = (
    *(BEGIN, CANCEL_SIMULATION, REOPEN_SIMULATION),
    *(END_SUCCEEDED, END_FAILED, END_CANCELLED),
)
