"""Confined helpers that read what clients send (`shared/helper.py`): how many at once, what their ends mean in HTTP.

Called by the rooms that know what is to be read. The API itself parses no model and no weather.
"""

import signal
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from api_service.http.problem import Problem, away
from api_service.http.refused import refused
from api_service.http.spool import SpoolDirectory, no_room
from shared.confinement.child import Child
from shared.confinement.errors import ConfinementError
from shared.confinement.exit import Exit
from shared.confinement.launcher import Launcher
from shared.energyplus.job import Job
from shared.helper import REPLY_BYTES, HelperKilled, HelperLimit, HelperLimits, call, helper_sandbox, preload, progress
from shared.logging import get_logger
from shared.removal import remove_tree
from shared.sandbox_mode import is_confined
from shared.settings import Settings

log = get_logger(__name__)

Request = TypeVar("Request")
Value = TypeVar("Value")

#: How long a request waits for a free helper; most are busy for less than a second.
WAIT_SECONDS = 30.0
#: Time that a helper may take, as a multiple of its processor time, because many may share few processors.
SLOWEST = 4
#: After SIGKILL; a process that waits for its disk ends later.
KILL_SECONDS = 10.0
#: A helper writes its reply and a few lines; a file above this size ends it.
FILE_BYTES = 2 * REPLY_BYTES


class HelperEnded(Exception):
    """A helper ended by a limit or a crash: `reason` continues a sentence, `number` is the file that it was reading."""

    def __init__(self, reason: str, number: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.number = number


class Helpers:
    """Does jobs of `shared.energyplus.jobs` in helpers, a bounded number at once. Thread-safe.

    Raises ConfinementError when helpers cannot be confined as the settings require.
    """

    def __init__(
        self, settings: Settings, launcher: Launcher | None = None, *, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._sandbox = helper_sandbox() if is_confined(settings) else None
        self._limits = HelperLimits(settings.api_helper_memory_bytes, settings.api_helper_seconds, FILE_BYTES)
        self._is_own = launcher is None
        self._launcher = launcher or Launcher(preload(settings.engines))
        self._free = threading.BoundedSemaphore(settings.api_helpers)
        # Requests that wait hold threads, and other requests need some too.
        self._places = threading.BoundedSemaphore(max(settings.api_helpers, settings.api_threads * 3 // 4))
        self._wait_seconds = wait_seconds

    def start(self) -> None:
        """Starts the launcher now, so that the first request does not wait for it. Raises LauncherLost."""
        self._launcher.start()

    def close(self) -> None:
        """Ends all helpers, unless the launcher was given."""
        if self._is_own:
            self._launcher.close()

    def call(
        self, job: Job[Request, Value], request: Request, spool: SpoolDirectory, readable: Collection[Path] = ()
    ) -> Value:
        """Does a job in a new directory of a request's spool; `readable` are further paths that it may read.

        Raises HelperEnded when what it read is the cause, what the job refuses with, and Problem for everything else.
        """
        with self._free_helper():
            room = spool.new_path().absolute()
            sandbox = self._sandbox and self._sandbox.around(room, *readable)
            try:
                return call(self._launcher, job, request, room, self._limits, sandbox, _Wait(self._limits.seconds))
            except HelperLimit as error:
                log.info("helper.ended", job=job.name, reason=str(error))
                raise HelperEnded(str(error), progress(room)) from error
            except (HelperKilled, ConfinementError) as error:
                log.warning("helper.lost", job=job.name, error=str(error))
                raise away("Files cannot be read at the moment") from error
            except OSError as error:
                log.warning("helper.no_room", job=job.name, error=str(error))
                raise no_room(error) from error
            finally:
                # It goes with the spool otherwise.
                with suppress(OSError):
                    remove_tree(room)

    @contextmanager
    def _free_helper(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            if not self._free.acquire(timeout=self._wait_seconds):
                raise _busy()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()


class _Wait:
    """Waits for a helper. The kernel limits its processor time, so one that takes far longer was kept from running."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds * SLOWEST
        self._ended = threading.Event()

    def rearm(self) -> threading.Event:
        """The event that the helper's end sets."""
        return self._ended

    def until_end(self, child: Child) -> Exit:
        """Waits for the end. Raises HelperKilled when it took too long."""
        if (ended := child.wait(self._seconds)) is not None:
            return ended
        child.signal(signal.SIGKILL)
        child.wait(KILL_SECONDS)
        raise HelperKilled(f"the helper did not end within {self._seconds:g} s")


def _busy() -> Problem:
    return refused("helpers", 503, "Too many files are being read at the moment", retry_after_seconds=5)
