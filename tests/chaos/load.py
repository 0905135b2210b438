"""The load during a scenario: clients that submit and repeat the request until it is answered."""

import json
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

from tests.chaos.engine import MODEL
from tests.chaos.world import PATIENCE_SECONDS, World

#: One day of hourly data, because the intake accepts only valid weather files.
WEATHER = "\n".join(
    [
        "LOCATION,Chaos,-,-,-,0,0.0,0.0,0.0,0.0",
        "DESIGN CONDITIONS,0",
        "TYPICAL/EXTREME PERIODS,0",
        "GROUND TEMPERATURES,0",
        "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
        "COMMENTS 1,",
        "COMMENTS 2,",
        "DATA PERIODS,1,1,Data,Sunday, 1/ 1, 1/ 1",
        *(f"2023,1,1,{hour},60,-,{','.join(['10'] * 29)}" for hour in range(1, 25)),
        "",
    ]
)


@dataclass(frozen=True, eq=False)
class PlannedSubmission:
    """One submission: client's key, owner, number of runs, and its own spec or files if it has any."""

    runs: int
    owner: str = "local"
    key: str = field(default_factory=lambda: str(uuid4()))
    model: bytes = MODEL.encode()
    weather: bytes = WEATHER.encode()
    spec: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Load:
    """All submissions of one scenario; each is repeated until it is answered."""

    world: World
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8))
    answered: dict[PlannedSubmission, str] = field(default_factory=dict)
    submissions: list[Future[str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, runs: int, **wanted: Any) -> Future[str]:
        """Submits in the background; the future is the id of the simulation."""
        future = self.pool.submit(self._insist, PlannedSubmission(runs, **wanted))
        self.submissions.append(future)
        return future

    def wait(self) -> None:
        """Waits until every submission has been answered."""
        for future in self.submissions:
            future.result()

    def disown(self, simulation: str) -> None:
        """Excludes from the checks a simulation that its user has deleted."""
        with self.lock:
            self.answered = {wanted: id_ for wanted, id_ in self.answered.items() if id_ != simulation}

    def close(self) -> None:
        """Ends the threads."""
        self.pool.shutdown()

    def _insist(self, wanted: PlannedSubmission) -> str:
        answer = insist(lambda: self._post(wanted), {201})
        simulation = str(answer.json()["id"])
        with self.lock:
            self.answered[wanted] = simulation
        return simulation

    def _post(self, wanted: PlannedSubmission) -> requests.Response:
        number = {"name": "number", "object": "Building", "field": "North Axis", "values": list(range(wanted.runs))}
        return requests.post(
            f"{self.world.url}/api/v1/simulations",
            files=[("models", ("chaos.idf", wanted.model)), ("weather", ("chaos.epw", wanted.weather))],
            data={"spec": json.dumps({"parameters": [number], "reuse": False, **wanted.spec})},
            headers={"X-EPSM-Owner": wanted.owner, "Idempotency-Key": wanted.key},
            timeout=20,
        )


def insist(ask: Any, wanted: set[int]) -> requests.Response:
    """Repeats a request until the status of its answer is one of `wanted`; during outages it fails or is 503."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer: requests.Response = ask()
        except requests.RequestException:
            answer = requests.Response()
            answer.status_code = 503
        if answer.status_code in wanted:
            return answer
        assert answer.status_code == 503, f"{answer.status_code}: {answer.text}"
        assert time.monotonic() < deadline, "the API did not answer in time"
        time.sleep(0.1)
