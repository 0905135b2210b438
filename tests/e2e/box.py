"""A box of one zone, 80 m2, in the first week of the Chicago TMY3: checked as in the API, run as in the worker.

Figures of tests with it are those of EnergyPlus 25.2 run by hand on files that it reads as they look.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.energyplus.installation import find_engines
from shared.energyplus.intake import check_model, check_weather
from shared.energyplus.preparation.prepare import Preparation
from sim_worker.engine.direct import run_model
from sim_worker.engine.execute import Executed
from sim_worker.engine.watch import Limits, StopSignal
from tests.models import ENGINE_VERSION, ROOT, weather

BOX = (ROOT / "tests" / "box.idf").read_text()
WEEK = 222.81841237779878
PERIOD = next(line for line in BOX.splitlines() if line.startswith("RunPeriod,"))
OPTIONS = "No,No,No,Yes,Yes"
RUN = ",WeatherFileRunPeriod,"
LINES = weather("Chicago").read_bytes().replace(b"\r\n", b"\n").splitlines(keepends=True)

Change = Callable[[list[bytes]], list[bytes]]


def box(period: str = PERIOD, more: str = "") -> str:
    return BOX.replace(PERIOD, period) + more


def of_2020(lines: list[bytes]) -> list[bytes]:
    """A whole leap year, as measured: 28 February twice, as 28 and 29."""
    rows = [b",".join([b"2020", *row.split(b",")[1:]]) for row in lines[8:]]
    leap = [b",".join([*row.split(b",")[:2], b"29", *row.split(b",")[3:]]) for row in rows[58 * 24 : 59 * 24]]
    headers = [
        *lines[:4],
        b"HOLIDAYS/DAYLIGHT SAVINGS,Yes,0,0,0\n",
        *lines[5:7],
        b"DATA PERIODS,1,1,Data,Wednesday, 1/1/2020, 12/31/2020\n",
    ]
    return [*headers, *rows[: 59 * 24], *leap, *rows[59 * 24 :]]


def execute(directory: Path, model: str | bytes, change: Change | None = None, **request: Any) -> Executed:
    """Check the files as the API does and run them as the worker does. Raises Rejected."""
    suffix = ".epJSON" if isinstance(model, str) and model.startswith("{") else ".idf"
    path, epw = directory / f"model{suffix}", directory / "weather.epw"
    path.write_bytes(model if isinstance(model, bytes) else model.encode())
    epw.write_bytes(b"".join(change(LINES) if change else LINES))
    check_weather(epw, epw.name)
    check_model(path, path.name, versions=[ENGINE_VERSION])
    (directory / "run").mkdir()
    return run_model(
        *(path, epw, directory / "run", Preparation(**request)),
        engine=find_engines()[ENGINE_VERSION],
        limits=Limits(),
        stop=StopSignal(),
        on_progress=lambda _: None,
    )


def metrics(directory: Path, model: str | bytes, change: Change | None = None, **request: Any) -> dict[str, Any]:
    executed = execute(directory, model, change, **request)
    assert executed.results is not None, executed.said
    return executed.results.metrics
