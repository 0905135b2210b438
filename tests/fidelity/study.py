"""A study of many variants over HTTP: compared with EnergyPlus by hand, submitted again, and enlarged.

The model is a DOE reference building over a fortnight, and the study a Latin hypercube of three parameters. Some
variants, picked at random, are executed by hand twice: the prepared file that the service kept, and the model's text
edited here without the service's code. Then the same study, twice the variants, and another range are submitted, whose
runs may only reuse results of equal variants.
"""

import json
import random
import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from deploy.local.stack import Stack
from tests.e2e import by_hand
from tests.e2e.conftest import Journal, make_engine
from tests.models import doe_models, weather

MODEL = "RefBldgSmallOfficeNew2004_Chicago"
LAST_DAY = 14
#: Class, field by its name and by its place in a line of text, mode, and the range of each parameter.
PARAMETERS: dict[str, tuple[str, str, int, str, tuple[float, float]]] = {
    "lighting": ("Lights", "Watts per Floor Area", 5, "scale", (0.5, 1.5)),
    "plugs": ("ElectricEquipment", "Watts per Floor Area", 5, "scale", (0.5, 1.5)),
    "axis": ("Building", "North Axis", 1, "set", (0.0, 90.0)),
}
METERS = {"electricity_kwh": "Electricity:Facility", "natural_gas_kwh": "NaturalGas:Facility"}
JOULE_PER_KWH = 3.6e6
PATIENCE_SECONDS = 7200

Json = dict[str, Any]


class Study:
    """The model with its weather, and a service that simulates its variants."""

    def __init__(self, url: str, journal: Journal, directory: Path) -> None:
        self._url, self._journal, self._directory = f"{url}/api/v1", journal, directory
        (model,) = (model for model in doe_models() if model.stem == MODEL)
        self.model = by_hand.shorten(model, directory, LAST_DAY)
        self.model.write_text(by_hand.with_run_periods(self.model.read_text()))
        self.weather = weather("Chicago")

    def submit(self, count: int, ranges: Mapping[str, tuple[float, float]], *, dry: bool = False) -> Json:
        """Submits the study, or tries it out; with the same seed each time."""
        spec = {
            "parameters": [
                {"name": name, "object": object_, "field": field, "mode": mode, "range": ranges.get(name, range_)}
                for name, (object_, field, _, mode, range_) in PARAMETERS.items()
            ],
            "sampling": {"method": "latin_hypercube", "count": count, "seed": 7},
        }
        answer = requests.post(
            f"{self._url}/simulations",
            params={"dry_run": "true"} if dry else {},
            files=[("models", (self.model.name, self.model.read_bytes())), ("weather", self.weather.open("rb"))],
            data={"spec": json.dumps(spec)},
            timeout=600,
        )
        answer.raise_for_status()
        return dict(answer.json())

    def simulate(self, count: int, **ranges: tuple[float, float]) -> list[Json]:
        """Submits the study; returns its runs, which have all succeeded."""
        before, started = self._journal.starts(), time.monotonic()
        simulation = self.submit(count, ranges)
        while simulation["ended_at"] is None:
            assert time.monotonic() < started + PATIENCE_SECONDS
            time.sleep(0.2)
            simulation = self._get(f"simulations/{simulation['id']}")
        seconds = time.monotonic() - started
        runs = self._runs(simulation["id"])
        assert [run["status"] for run in runs] == ["succeeded"] * count
        reused = sum(run["is_reused"] for run in runs)
        starts = self._journal.starts() - before
        print(
            f"{count} runs: {reused} reused, {starts} engine starts, {1000 * seconds / count:.0f} ms a run", flush=True
        )
        assert starts == count - reused
        return runs

    def compare(self, run: Mapping[str, Any]) -> list[str]:
        """What differs between a run and EnergyPlus by hand, to 1e-12."""
        name = f"run-{run['index']}"
        prepared, edited = self._directory / f"{name}-prepared.idf", self._directory / f"{name}-edited.idf"
        prepared.write_bytes(self._file(run, "prepared.idf"))
        edited.write_text(edit(self.model.read_text(encoding="latin-1"), run["parameters"]), encoding="latin-1")
        # The prepared file says that the engine writes no eplusout.mtr, so its meters are read from the SQLite output.
        of_prepared = by_hand.sql_meters_joule(by_hand.run(prepared, self.weather, self._directory / prepared.stem))
        of_edited = by_hand.meters_kwh(by_hand.run(edited, self.weather, self._directory / edited.stem))
        return [
            f"{name}: {metric} is {run['metrics'][metric]!r}, by hand {found!r}"
            for metric, meter in METERS.items()
            for found in (of_prepared[meter] / JOULE_PER_KWH, of_edited[meter])
            if abs(run["metrics"][metric] - found) > 1e-12 * found
        ]

    def _runs(self, simulation: str) -> list[Json]:
        page = self._get(f"simulations/{simulation}/runs", limit=200)
        runs = list(page["items"])
        while page["next_cursor"] is not None:
            page = self._get(f"simulations/{simulation}/runs", limit=200, cursor=page["next_cursor"])
            runs += page["items"]
        return sorted(runs, key=lambda run: run["index"])

    def _get(self, path: str, **query: Any) -> Json:
        answer = requests.get(f"{self._url}/{path}", params=query, timeout=60)
        answer.raise_for_status()
        return dict(answer.json())

    def _file(self, run: Mapping[str, Any], name: str) -> bytes:
        answer = requests.get(f"{self._url}/runs/{run['id']}/files/{name}", timeout=60)
        answer.raise_for_status()
        return answer.content


def edit(text: str, values: Mapping[str, float]) -> str:
    """The model's text with the values of a variant in it."""
    for name, (object_, _, place, mode, _) in PARAMETERS.items():

        def changed(found: re.Match[str], name: str = name, place: int = place, mode: str = mode) -> str:
            fields = re.sub(r"![^\n]*", "", found[2]).split(",")
            old = float(fields[place])
            fields[place] = repr(old * values[name] if mode == "scale" else values[name])
            return f"{found[1]}{','.join(field.strip() for field in fields)};"

        text, count = re.subn(rf"^([ \t]*{object_}\s*,)([^;]*);[^\n]*", changed, text, flags=re.MULTILINE)
        assert count
    return text


def campaign(count: int, compared: int, seed: int) -> int:
    """Prints what was found; returns the number of faults."""
    with tempfile.TemporaryDirectory(prefix="epsm-study-", dir="/var/tmp") as name:
        directory = Path(name)
        directory.chmod(0o755)
        journal = make_engine(directory / "engine")
        stack = Stack(directory / "local", journal.settings)
        try:
            for _ in stack.up():
                pass
            return _campaign(Study(stack.url, journal, directory), count, compared, seed)
        finally:
            for _ in stack.down():
                pass
            stack.postgres.remove()


def _campaign(study: Study, count: int, compared: int, seed: int) -> int:
    tried = study.submit(count, {}, dry=True)
    print(f"dry run: {tried['count']} runs, {tried['known']} known, estimate {tried['estimate']}", flush=True)
    first = study.simulate(count)
    different = len({run["metrics"]["site_eui_kwh_per_m2"] for run in first})
    wrong = [] if different == count else [f"only {different} different results"]
    for run in random.Random(seed).sample(first, compared):
        wrong += study.compare(run)
    again = study.simulate(count)
    larger = study.simulate(2 * count)
    other = study.simulate(count, axis=(0.0, 180.0))
    wrong += _reused(again, first, count) + _reused(larger, first, count) + _reused(other, [*first, *larger], 0)
    print(f"{different} different results, {compared} compared with EnergyPlus by hand", *wrong, sep="\n")
    return len(wrong)


def _reused(runs: list[Json], earlier: list[Json], expected: int) -> list[str]:
    """What is wrong with the runs that reuse results of earlier ones."""
    known = {run["id"]: run for run in earlier}
    linked = [run for run in runs if run["is_reused"]]
    wrong = [] if len(linked) == expected else [f"{len(linked)} runs of {len(runs)} reused, {expected} expected"]
    for run in linked:
        source = known[run["reused_from"]]
        if (run["parameters"], run["metrics"]) != (source["parameters"], source["metrics"]):
            wrong.append(f"run {run['index']} reuses another variant, {source['index']}")
    return wrong
