"""Refusals because of a limit: counted by reason, with Retry-After where a later request can succeed."""

from api_service.http.problem import Problem
from shared import metrics


def refused(reason: str, status: int, detail: str, *, retry_after_seconds: int | None = None) -> Problem:
    """Counts a refusal and returns the problem to raise; `reason` is one of `metrics.REFUSALS`."""
    metrics.requests_refused.labels(reason).inc()
    headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
    return Problem(status, detail, headers=headers)
