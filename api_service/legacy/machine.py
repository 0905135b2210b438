"""What the machine of this process has and uses: processors, memory, disk, network. In GB of 2**30 bytes."""

import platform
import time
from pathlib import Path
from typing import Any

import psutil

#: Use of processors and network is measured over this time. The request waits for it.
SAMPLE_SECONDS = 0.1
GB = 1 << 30


def read_machine(directory: Path) -> dict[str, Any]:
    """Returns figures of the machine, of the disk that of `directory`. Raises psutil.Error, OSError."""
    before, started = _network(), time.monotonic()
    busy = psutil.cpu_percent(interval=SAMPLE_SECONDS)
    after, seconds = _network(), time.monotonic() - started
    logical = psutil.cpu_count() or 1
    memory, disk = psutil.virtual_memory(), psutil.disk_usage(str(_existing(directory)))
    return {
        "cpu": {
            "logical_cores": logical,
            # Not known in some virtual machines.
            "physical_cores": psutil.cpu_count(logical=False) or logical,
            "usage_percent": round(busy, 1),
        },
        "memory": {
            "total_gb": _gb(memory.total),
            "available_gb": _gb(memory.available),
            "usage_percent": round(memory.percent, 1),
        },
        "disk": {"total_gb": _gb(disk.total), "free_gb": _gb(disk.free), "usage_percent": round(disk.percent, 1)},
        "network": {
            "bytes_sent_per_sec": round((after[0] - before[0]) / seconds, 1),
            "bytes_recv_per_sec": round((after[1] - before[1]) / seconds, 1),
            "total_bytes_sent": after[0],
            "total_bytes_recv": after[1],
        },
        "platform": {
            "system": platform.system(),
            "release": platform.release(),
            "python": platform.python_version(),
        },
    }


def _network() -> tuple[int, int]:
    """Bytes sent and received; a machine without a network has neither."""
    counters = psutil.net_io_counters()
    return (counters.bytes_sent, counters.bytes_recv) if counters else (0, 0)


def _existing(directory: Path) -> Path:
    """The directory, or the nearest above it that exists: the directory may be created by the first upload."""
    return next(path for path in (directory, *directory.parents) if path.exists())


def _gb(size: int) -> float:
    return round(size / GB, 1)
