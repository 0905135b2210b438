"""Execution of one model from file to results: prepare, supervise, read. Used by the worker and the direct runner."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from shared.confinement.exit import Exit
from shared.confinement.launcher import Launcher
from shared.energyplus.assemblies.u_values import u_value_warnings
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.installation import Engine
from shared.energyplus.preparation.prepare import Preparation, Prepared, prepare
from shared.energyplus.preparation.weather import prepare_weather
from shared.energyplus.results.messages import Message, Messages, read_messages
from shared.energyplus.results.reading import Results, read_results
from shared.energyplus.verdict import SUCCESSES
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Execution, Limits, StopSignal, supervise

#: File with the changes that preparation made to the model: a JSON list of lines, beside the prepared model.
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
    request: Preparation,
    limits: Limits,
    *,
    stop: StopSignal,
    on_progress: Callable[[Progress], None],
    observer: Observer | None = None,
) -> Executed:
    """Prepare and execute one model in the existing `directory` and read its results.

    `directory` may contain files that the model refers to. Raises PreparationError (fault of the model), EngineError,
    ConfinementError and OSError (faults of the machine), and ResultError when the results cannot be read.
    """
    watching = observer or Observer()
    on_progress(Progress(0, "Preparing the model"))
    with watching.phase("prepare"):
        climate = prepare_weather(weather, directory)
        prepared = prepare(model, directory, request, version=engine.version, weather_year=climate.year)
        if prepared.needs_expansion and not engine.can_expand:
            raise PreparationError(
                "object_refused",
                f"HVACTemplate objects need ExpandObjects, which this installation of EnergyPlus {engine.version} does "
                "not have; expand the model first",
            )
        changes = [*climate.changes, *prepared.changes]
        (directory / CHANGES).write_text(json.dumps(changes, indent=1, ensure_ascii=False), encoding="utf-8")
    if stop.requested is not None:
        return Executed(prepared, Execution(None, stop.requested, Exit(None, None), 0.0), None, Messages((), 0, 0))
    with watching.phase("engine"):
        execution = supervise(
            launcher,
            engine,
            prepared.path,
            climate.path,
            limits,
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
        said = _with_ours(read_messages(directory / "eplusout.err"), climate.warnings)
        if execution.verdict not in SUCCESSES:
            return Executed(prepared, execution, None, said)
        if prepared.placed:
            said = _with_ours(said, u_value_warnings(directory / "eplusout.eio", prepared.placed.u_values))
        results = read_results(
            directory,
            engine_seconds=execution.engine_seconds,
            ideal_loads=prepared.has_ideal_loads,
            building=prepared.building,
            placed=prepared.placed,
        )
        return Executed(prepared, execution, replace(results, messages=said.messages), said)


def _with_ours(said: Messages, warnings: Iterable[str]) -> Messages:
    ours = tuple(Message("warning", f"EPSM: {text}", 1) for text in warnings)
    return replace(said, messages=(*ours, *said.messages))
