"""Where the time of an attempt goes: seconds by phase, kept with the attempt, counted in the metrics, and traced."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared import metrics, tracing


class Phases:
    """A stopwatch with a name for every stretch."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure what happens inside as `name`."""
        started = time.monotonic()
        try:
            with tracing.span(name):
                yield
        finally:
            self.add(name, time.monotonic() - started)

    def add(self, name: str, seconds: float) -> None:
        """Add a stretch that was measured elsewhere."""
        self.seconds[name] = round(self.seconds.get(name, 0.0) + seconds, 6)
        metrics.phase_seconds.labels(name).observe(seconds)
