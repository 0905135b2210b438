"""A session with Python and requests: submit a small study, wait, read its numbers, download a report, cancel another.

python examples/session.py http://127.0.0.1:8000 office.idf chicago.epw
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import requests

POLL_SECONDS = 0.5
STUDY = {
    "name": "lights",
    "annual": False,
    "parameters": [
        {"name": "lights", "object": "Lights", "field": "Watts per Floor Area", "mode": "scale", "values": [1.0, 2.0]}
    ],
}


def submit(url: str, model: Path, weather: Path, spec: dict[str, Any]) -> dict[str, Any]:
    """Queue a simulation; raises requests.HTTPError with the service's own words."""
    files = [("models", (model.name, model.read_bytes())), ("weather", (weather.name, weather.read_bytes()))]
    answer = requests.post(f"{url}/api/v1/simulations", files=files, data={"spec": json.dumps(spec)}, timeout=60)
    if not answer.ok:
        raise requests.HTTPError(answer.text, response=answer)
    simulation: dict[str, Any] = answer.json()
    return simulation


def wait(url: str, simulation_id: str) -> dict[str, Any]:
    """The simulation once its last run has ended."""
    while True:
        simulation: dict[str, Any] = requests.get(f"{url}/api/v1/simulations/{simulation_id}", timeout=60).json()
        if simulation["ended_at"]:
            return simulation
        time.sleep(POLL_SECONDS)


def main() -> None:
    """One session."""
    url, model, weather = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    simulation = wait(url, submit(url, model, weather, STUDY)["id"])
    print(simulation["name"], simulation["status"])
    runs = requests.get(f"{url}/api/v1/simulations/{simulation['id']}/runs", timeout=60).json()["items"]
    for run in runs:
        largest = max(zone["design_load_w"] for zone in run["metrics"]["sizing"]["zones"])
        print(f"lights x {run['parameters']['lights']}: {run['verdict']}, largest design load {largest:,.0f} W")
    report = requests.get(f"{url}/api/v1/runs/{runs[0]['id']}/files/eplustbl.htm", timeout=60)
    Path("report.html").write_bytes(report.content)
    second = submit(url, model, weather, {"annual": True})
    cancelled = requests.post(f"{url}/api/v1/simulations/{second['id']}/cancel", timeout=60).json()
    print("cancelled:", cancelled["status"])


if __name__ == "__main__":
    main()
