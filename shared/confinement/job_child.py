"""Jobs in the launcher's children: functions of a preloaded module, which read what somebody else wrote.

A job is a fork of the launcher that executes no program, so it costs milliseconds. It has the limits and the sandbox of
an engine, no descriptor but its standard ones, and its own directory for its request and its reply.
"""

import contextlib
import errno
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, Protocol, cast

#: Files in the directory of a job.
REQUEST, REPLY = "request.json", "reply.json"
#: Exit codes of a job that was refused more memory, and of one that the machine's disk has failed.
OUT_OF_MEMORY, DISK_FAULT = 77, 78
DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


class Jobs(Protocol):
    """A module with jobs; `shared.energyplus.jobs` implements it."""

    def preload(self, *arguments: str) -> None:
        """Load what all jobs need, before the first fork."""

    def answer(self, job: str, request: bytes) -> bytes:
        """Do a job and return its reply."""


def load(module: str, arguments: Sequence[str]) -> Jobs:
    """Import a module with jobs into the launcher, which every job is forked from.

    Raises RuntimeError when it starts a thread: a process with threads cannot fork safely.
    """
    jobs = cast("Jobs", importlib.import_module(module))
    jobs.preload(*arguments)
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError(f"{module} starts threads")
    # A collection in a child would write to the pages that it shares with the launcher, and so copy them.
    gc.collect()
    gc.freeze()
    return jobs


def address_space() -> int:
    """Bytes of address space of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGESIZE")


def run(jobs: Jobs, job: str, open_files: int) -> NoReturn:
    """In the confined child: do the job in the current directory, and exit."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        os.closerange(3, open_files)
        reply = jobs.answer(job, Path(REQUEST).read_bytes())
        Path(REPLY).write_bytes(reply)
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001  (nothing may return into the launcher's own code)
        code = DISK_FAULT if isinstance(error, OSError) and error.errno in DISK_ERRORS else 1
        with contextlib.suppress(BaseException):
            traceback.print_exc(file=sys.stderr)
            sys.stderr.flush()
    finally:
        os._exit(code)
