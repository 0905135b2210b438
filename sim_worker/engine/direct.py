"""Execution of one model without any service: the fallback when the queue is down.

Used by `python -m sim_worker.engine`; writes nothing to the terminal.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from shared.confinement import privileges
from shared.confinement.launcher import Launcher
from shared.energyplus.installation import Engine
from shared.energyplus.preparation.prepare import Preparation
from shared.helper import preload
from sim_worker.engine.execute import Executed, execute
from sim_worker.engine.progress import Progress
from sim_worker.engine.watch import Limits, StopSignal


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
    """Prepare and execute one model in the existing, empty `directory` and read its results.

    Metrics are written to metrics.json in `directory`, changes to changes.json, the prepared model to prepared.idf or
    prepared.epJSON. Files that the model refers to are copied from the model's directory. Raises PreparationError,
    EngineError, ConfinementError, HelperKilled, ResultError, OSError.
    """
    for file in model.parent.iterdir():
        # Schedules and tables have these suffixes. Other files beside the model, such as models, are not copied.
        if file.is_file() and file.suffix.lower() in (".csv", ".txt", ".dat", ".tsv"):
            shutil.copyfile(file, directory / file.name)
    launcher = Launcher(preload([engine.version]))
    launcher.start()
    try:
        executed = execute(
            launcher,
            engine,
            model.absolute(),
            weather.absolute(),
            directory,
            directory,
            request,
            limits,
            stop=stop,
            on_progress=on_progress,
        )
    finally:
        launcher.close()
        privileges.take_back(directory)
    if executed.results is not None:
        with (directory / "metrics.json").open("x", encoding="utf-8") as metrics:
            json.dump(executed.results.metrics, metrics, indent=1)
    return executed
