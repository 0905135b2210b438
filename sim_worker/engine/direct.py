"""Running one model with nothing else around: the way back when the queue is down.

Used by `python -m sim_worker.engine`; knows no terminal.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.confinement.launcher import Launcher
from shared.energyplus.installation import Engine
from shared.energyplus.preparation.prepare import Preparation, prepare
from shared.energyplus.results.messages import Messages, read_messages
from shared.energyplus.results.reading import Results, read_results
from shared.energyplus.verdict import Verdict
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Execution, Limits, StopSignal, supervise

SUCCESSES = (Verdict.SUCCESS, Verdict.SUCCESS_WITH_SEVERE_ERRORS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the model: results when it succeeded, else only what EnergyPlus said."""

    execution: Execution
    results: Results | None
    said: Messages


def run_model(
    model: Path,
    weather: Path,
    directory: Path,
    request: Preparation,
    *,
    engine: Engine,
    limits: Limits,
    stop: StopSignal,
    on_progress: Callable[[Progress], None],
) -> Outcome:
    """Prepare, execute and read one model in the existing, empty `directory`; metrics go to metrics.json there.

    Files the model names are taken from where the model is. Raises PreparationError, EngineError, LauncherLost,
    ResultError, OSError.
    """
    for file in model.parent.iterdir():
        # Schedules and tables lie beside the model; what is large or a model itself is not one of them.
        if file.is_file() and file.suffix.lower() in (".csv", ".txt", ".dat", ".tsv"):
            shutil.copyfile(file, directory / file.name)
    prepared = prepare(model, directory, request, version=engine.version)
    launcher = Launcher()
    launcher.start()
    try:
        execution = supervise(
            launcher,
            engine,
            prepared.path,
            weather.absolute(),
            limits,
            stop=stop,
            on_progress=on_progress,
            environments=prepared.environments,
            needs_expansion=prepared.needs_expansion,
        )
    finally:
        launcher.close()
    said = read_messages(directory / "eplusout.err")
    if execution.verdict not in SUCCESSES:
        return Outcome(execution, None, said)
    results = read_results(directory, engine_seconds=execution.engine_seconds)
    (directory / "metrics.json").write_text(json.dumps(results.metrics, indent=1), encoding="utf-8")
    return Outcome(execution, results, said)
