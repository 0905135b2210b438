"""The legal changes of a run's status, as data. `writer.py` is the only place that carries one out."""

from dataclasses import dataclass

from shared.enums import Status


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
