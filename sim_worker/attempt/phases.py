"""Duration of the phases of an attempt, in seconds: stored with the attempt, recorded in metrics and in the trace."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared import metrics, tracing


class Phases:
    """Measures phases by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Context manager that measures its block as phase `name` and opens a span for it."""
        started = time.monotonic()
        try:
            with tracing.span(name):
                yield
        finally:
            self.add(name, time.monotonic() - started)

    def add(self, name: str, seconds: float) -> None:
        """Add `seconds` to a phase, when they were measured elsewhere."""
        self.seconds[name] = round(self.seconds.get(name, 0.0) + seconds, 6)
        metrics.phase_seconds.labels(name).observe(seconds)
