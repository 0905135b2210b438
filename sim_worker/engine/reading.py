"""Preparation and reading of one execution, each in a helper that is supervised like the engine."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TypeVar

from shared.confinement.child import Child
from shared.confinement.exit import Exit
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import Sandbox
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.job import Job
from shared.energyplus.jobs import PREPARE, READ, PreparedFiles, PrepareRequest, ReadFiles, ReadRequest
from shared.energyplus.results.database import ResultError
from shared.energyplus.untrusted_file import is_plain
from shared.helper import HelperLimit, HelperLimits, call, helper_sandbox
from shared.removal import remove_tree
from sim_worker.engine.watch import Limits, LimitWatch, Stopped, StopSignal

Request = TypeVar("Request")
Value = TypeVar("Value")

#: Beginning of the name of a helper's directory beside the model; the rest is random, so that nothing there has it.
ROOM = "helper-"
#: What a preparation may return, because these files are stored and given to EnergyPlus.
MODELS, NORMALISED_WEATHER = ("in.idf", "in.epJSON"), "in.epw"


class HelperWatch:
    """Supervises one helper: its own limit of time, and the execution's limits of files and its request to stop."""

    def __init__(self, limits: Limits, stop: StopSignal, directory: Path) -> None:
        self._seconds = min(limits.helper.seconds, limits.hard_seconds)
        limits = replace(limits, soft_seconds=self._seconds, hard_seconds=self._seconds)
        self._watch = LimitWatch(limits, stop, monotonic(), directory)

    def rearm(self) -> threading.Event:
        """The event that the helper's end sets."""
        return self._watch.rearm()

    def until_end(self, child: Child) -> Exit:
        """Wait for the helper's end. Raises HelperLimit, and Stopped after a request to stop."""
        ended = self._watch.until_end(child, lambda: None)
        if self._watch.stopped is not None:
            raise Stopped(self._watch.stopped)
        if self._watch.timed_out:
            raise HelperLimit(f"took more than {self._seconds:g} s")
        if self._watch.overuse:
            raise HelperLimit(f"was stopped: {self._watch.overuse}")
        return ended


@dataclass(frozen=True, slots=True)
class RunReader:
    """Reads for one execution in `directory`."""

    launcher: Launcher
    directory: Path
    limits: Limits
    stop: StopSignal

    def prepare(self, request: PrepareRequest) -> PreparedFiles:
        """Prepare a model and its weather in the directory.

        Raises PreparationError, Stopped, HelperKilled, ConfinementError, OSError.
        """
        try:
            files = self._call(PREPARE, request, request.model, request.weather)
        except HelperLimit as error:
            raise PreparationError("preparation_limit", f"Preparing this model {error}") from error
        model, weather = files.model.path, files.weather.path
        # A link in the place of one of them would be followed: the engine may read what it gets, and it is stored.
        ours = model in {self.directory / name for name in MODELS} and is_plain(model)
        normalised = weather == self.directory / NORMALISED_WEATHER and is_plain(weather)
        if not (ours and (normalised or weather == request.weather)):
            raise PreparationError("preparation_limit", "Preparing this model gave an answer that is none")
        return files

    def read(self, request: ReadRequest) -> ReadFiles:
        """Read what EnergyPlus left. Raises ResultError, Stopped, HelperKilled, ConfinementError, OSError."""
        try:
            return self._call(READ, request, *(path for path in (request.model,) if path))
        except HelperLimit as error:
            raise ResultError(f"reading its results {error}") from error

    def _call(self, job: Job[Request, Value], request: Request, *readable: Path) -> Value:
        watch = HelperWatch(self.limits, self.stop, self.directory)
        with self._room() as room:
            return call(self.launcher, job, request, room, self._limits(), self._sandbox(*readable), watch)

    def _limits(self) -> HelperLimits:
        return replace(self.limits.helper, file_bytes=self.limits.single_file_bytes)

    def _sandbox(self, *readable: Path) -> Sandbox | None:
        return None if self.limits.sandbox is None else helper_sandbox().around(self.directory, *readable)

    @contextmanager
    def _room(self) -> Iterator[Path]:
        room = self.directory / f"{ROOM}{secrets.token_hex(8)}"
        try:
            yield room
        finally:
            # It goes with the directory of the run otherwise.
            with suppress(OSError):
                remove_tree(room)
