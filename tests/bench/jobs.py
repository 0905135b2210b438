"""The jobs of a helper, and one that does nothing: what is left is the cost of the helper itself."""

from dataclasses import dataclass

from shared.energyplus import jobs
from shared.energyplus.job import Job
from shared.energyplus.jobs import preload

__all__ = ["EMPTY", "Empty", "answer", "preload"]


@dataclass(frozen=True, slots=True)
class Empty:
    """Request and reply of the job that does nothing."""


EMPTY = Job("empty", Empty, Empty, lambda request: request)


def answer(job: str, request: bytes) -> bytes:
    """Do a job by its name."""
    return EMPTY.answer(request) if job == EMPTY.name else jobs.answer(job, request)
