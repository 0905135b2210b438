"""Running one model with nothing else around: the way back when the queue is down.

Used by `python -m sim_worker.engine`; knows no terminal.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from shared.confinement.launcher import Launcher
from shared.energyplus.installation import Engine
from shared.energyplus.preparation.prepare import Preparation
from sim_worker.engine.execute import Executed, execute
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Limits, StopSignal


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
) -> Executed:
    """Prepare, execute and read one model in the existing, empty `directory`; metrics go to metrics.json there.

    Files the model names are taken from where the model is. Raises PreparationError, EngineError, ConfinementError,
    ResultError, OSError.
    """
    for file in model.parent.iterdir():
        # Schedules and tables lie beside the model; what is large or a model itself is not one of them.
        if file.is_file() and file.suffix.lower() in (".csv", ".txt", ".dat", ".tsv"):
            shutil.copyfile(file, directory / file.name)
    launcher = Launcher()
    launcher.start()
    try:
        executed = execute(
            launcher,
            engine,
            model,
            weather.absolute(),
            directory,
            request,
            limits,
            stop=stop,
            on_progress=on_progress,
        )
    finally:
        launcher.close()
    if executed.results is not None:
        (directory / "metrics.json").write_text(json.dumps(executed.results.metrics, indent=1), encoding="utf-8")
    return executed
