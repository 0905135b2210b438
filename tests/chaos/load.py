"""What users do meanwhile: submit, and insist until they have an answer, as a careful client does."""

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

#: One hour-by-hour day; the door wants weather to be weather.
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
    """One submission: what its client calls it, whose it is, how many runs, and files of its own if it has any."""

    runs: int
    owner: str = "local"
    key: str = field(default_factory=lambda: str(uuid4()))
    model: bytes = MODEL.encode()
    weather: bytes = WEATHER.encode()
    spec: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Load:
    """What has been submitted in one scenario; every submission goes on until it is answered."""

    world: World
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8))
    answered: dict[PlannedSubmission, str] = field(default_factory=dict)
    submissions: list[Future[str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, runs: int, **wanted: Any) -> Future[str]:
        """Submit in the background; the future is the simulation's id."""
        future = self.pool.submit(self._insist, PlannedSubmission(runs, **wanted))
        self.submissions.append(future)
        return future

    def wait(self) -> None:
        """Until every submission has been answered."""
        for future in self.submissions:
            future.result()

    def disown(self, simulation: str) -> None:
        """Speak no more of a simulation that its user has deleted."""
        with self.lock:
            self.answered = {wanted: id_ for wanted, id_ in self.answered.items() if id_ != simulation}

    def close(self) -> None:
        """Let the threads end."""
        self.pool.shutdown()

    def _insist(self, wanted: PlannedSubmission) -> str:
        answer = insist(lambda: self._post(wanted), {201})
        simulation = str(answer.json()["id"])
        with self.lock:
            self.answered[wanted] = simulation
        return simulation

    def _post(self, wanted: PlannedSubmission) -> requests.Response:
        index = {"name": "index", "object": "Building", "field": "North Axis", "values": list(range(wanted.runs))}
        return requests.post(
            f"{self.world.url}/api/v1/simulations",
            files=[("models", ("chaos.idf", wanted.model)), ("weather", ("chaos.epw", wanted.weather))],
            data={"spec": json.dumps({"parameters": [index], **wanted.spec})},
            headers={"X-EPSM-Owner": wanted.owner, "Idempotency-Key": wanted.key},
            timeout=20,
        )


def insist(ask: Any, wanted: set[int]) -> requests.Response:
    """Ask until the answer is one of the `wanted` ones; a service that is away answers nothing, or 503."""
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
