"""Jobs of helpers with their points hooked; the launcher of a hooked worker loads this in the place of the jobs.

A helper is a confined fork of the launcher, so it can reach its points only if its sandbox includes their directory.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from shared.confinement.child import Preload
from shared.energyplus import jobs
from shared.scratch_names import ATTEMPT
from tests.chaos.inject import DIRECTORY, SERVICE
from tests.chaos.points import HELPER, READING, install, patch


def hook_helpers() -> None:
    """In a worker: its helpers reach their points, and say that they are of this worker."""
    points, service = os.environ[DIRECTORY], os.environ[SERVICE]

    def load_this(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda versions: Preload(__name__, (points, service, *original(versions).arguments))

    def include_points(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda: replace(original(), writable=(*original().writable, points))

    patch("sim_worker.service.worker", "preload", load_this)
    patch(READING, "helper_sandbox", include_points)


def preload(points: str, service: str, *versions: str) -> None:
    """In the launcher, which has no environment: load what the jobs need, and hook their points."""
    os.environ.update({DIRECTORY: points, SERVICE: service})
    jobs.preload(*versions)
    install(HELPER)


def answer(job: str, request: bytes) -> bytes:
    """In the helper: do a job for the run whose directory this is."""
    if (attempt := ATTEMPT.search(str(Path.cwd()))) is not None:
        structlog.contextvars.bind_contextvars(run_id=attempt["run"])
    return jobs.answer(job, request)
