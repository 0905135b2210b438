"""Execution of one model from file to results: prepare, supervise, read. Used by the worker and the direct runner."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from shared.confinement.launcher import Launcher
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.installation import Engine
from shared.energyplus.jobs import PrepareRequest, ReadRequest
from shared.energyplus.preparation.prepare import Preparation, Prepared
from shared.energyplus.results.messages import Message, Messages
from shared.energyplus.results.reading import Results
from shared.energyplus.verdict import SUCCESSES
from sim_worker.engine.progress import Progress
from sim_worker.engine.reading import RunReader
from sim_worker.engine.supervise import Execution, supervise
from sim_worker.engine.watch import Limits, Stopped, StopSignal

#: Name without suffix of the model as EnergyPlus reads it, and name of the list of what preparation changed in it.
PREPARED = "prepared"
CHANGES = "changes.json"


@dataclass(frozen=True, slots=True)
class Executed:
    """Outcome of one execution.

    `results` is None unless EnergyPlus succeeded; `said` are its messages, empty when the execution was stopped.
    """

    prepared: Prepared
    execution: Execution
    results: Results | None
    said: Messages


class Observer:
    """Callbacks of an execution; this base class does nothing."""

    def phase(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Context manager around a phase: "prepare", "engine" or "parse"."""
        return nullcontext()

    def environment(self) -> Mapping[str, str]:
        """Variables to add to the engine's environment; called inside the phase "engine"."""
        return {}

    def ended(self, execution: Execution) -> None:
        """Called at the end of the phase "engine", inside its context."""


def execute(
    launcher: Launcher,
    engine: Engine,
    model: Path,
    weather: Path,
    directory: Path,
    kept: Path,
    request: Preparation,
    limits: Limits,
    *,
    stop: StopSignal,
    on_progress: Callable[[Progress], None],
    observer: Observer | None = None,
) -> Executed:
    """Prepare and execute one model in the existing `directory` and read its results.

    `directory` may contain files that the model refers to. The existing directory `kept`, which should be out of the
    reach of EnergyPlus, gets the prepared model and the list of changes. `launcher` has the jobs of `shared.energyplus`
    preloaded.
    Raises PreparationError (fault of the model), EngineError, ConfinementError, HelperKilled and OSError (faults of the
    machine), ResultError when the results cannot be read, and Stopped when it was requested to stop before or after
    EnergyPlus.
    """
    watching = observer or Observer()
    reader = RunReader(launcher, directory, limits, stop)
    on_progress(Progress(0, "Preparing the model"))
    with watching.phase("prepare"):
        files = reader.prepare(PrepareRequest(model, weather, directory, request, engine.version))
        climate, prepared = files.weather, files.model
        if prepared.needs_expansion and not engine.can_expand:
            raise PreparationError(
                "object_refused",
                f"HVACTemplate objects need ExpandObjects, which this installation of EnergyPlus {engine.version} does "
                "not have; expand the model first",
            )
        changes = [*climate.changes, *prepared.changes]
        # Created anew: a helper or an engine that was taken over may have put a link in its place.
        with (kept / CHANGES).open("x", encoding="utf-8") as file:
            json.dump(changes, file, indent=1, ensure_ascii=False)
    if stop.requested is not None:
        raise Stopped(stop.requested)
    with watching.phase("engine"):
        execution = supervise(
            launcher,
            engine,
            prepared.path,
            climate.path,
            limits,
            kept=kept / f"{PREPARED}{prepared.path.suffix}",
            stop=stop,
            on_progress=on_progress,
            outlook=prepared.outlook,
            needs_expansion=prepared.needs_expansion,
            variables=watching.environment(),
        )
        watching.ended(execution)
    if execution.stopped is not None:
        return Executed(prepared, execution, None, Messages((), 0, 0))
    with watching.phase("parse"):
        read = reader.read(
            ReadRequest(
                directory,
                succeeded=execution.verdict in SUCCESSES,
                engine_seconds=execution.engine_seconds,
                ideal_loads=prepared.has_ideal_loads,
                building=prepared.building,
                placed=prepared.placed,
                model=model,
            )
        )
    ours = tuple(
        Message("warning", f"EPSM: {text}", 1) for text in (*read.warnings, *prepared.warnings, *climate.warnings)
    )
    said = replace(read.said, messages=(*ours, *read.said.messages))
    return Executed(prepared, execution, read.results, said)
