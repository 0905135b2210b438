"""What this worker process uses: memory, and its share of a core since the last reading. EnergyPlus is not in it."""

import os
import time
from pathlib import Path

from shared import metrics
from shared.state.fleet import WorkerUsage

STATM = Path("/proc/self/statm")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class ProcessUsage:
    """Reads the usage; called by the heartbeat, on one thread."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), time.process_time()

    def read(self) -> WorkerUsage:
        """The usage now; `cpu_percent` is the mean since the last call."""
        wall, cpu = time.monotonic(), time.process_time()
        passed, used = wall - self._wall, cpu - self._cpu
        self._wall, self._cpu = wall, cpu
        # The second number is the resident set, in pages.
        memory = int(STATM.read_text().split()[1]) * PAGE_BYTES
        return WorkerUsage(memory, round(100 * used / passed, 1) if passed > 0 else 0.0, metrics.ended_by_outcome())
