"""The legal changes of status of runs and simulations, as data. `writer.py` is the only place that carries one out."""

from dataclasses import dataclass

from shared.enums import TERMINAL, Status


@dataclass(frozen=True, slots=True)
class Transition:
    """A legal change of status and the event that records it."""

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
    """A legal change of a simulation's status."""

    sources: frozenset[Status]
    target: Status


OPEN = frozenset({Status.QUEUED, Status.RUNNING})

BEGIN = SimulationTransition(frozenset({Status.QUEUED}), Status.RUNNING)
CANCEL_SIMULATION = SimulationTransition(OPEN, Status.CANCELLED)
REOPEN_SIMULATION = SimulationTransition(TERMINAL, Status.QUEUED)
#: What the last of its runs ends a simulation with; one that is being cancelled stays cancelled.
END_SUCCEEDED = SimulationTransition(OPEN, Status.SUCCEEDED)
END_FAILED = SimulationTransition(OPEN, Status.FAILED)
END_CANCELLED = SimulationTransition(OPEN, Status.CANCELLED)

SIMULATION_TRANSITIONS = (
    *(BEGIN, CANCEL_SIMULATION, REOPEN_SIMULATION),
    *(END_SUCCEEDED, END_FAILED, END_CANCELLED),
)
