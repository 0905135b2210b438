"""A stand-in for the old page: its calls with their order, headers and polling; answers are compared with shapes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from werkzeug.test import TestResponse

from tests import old_shapes
from tests.integration.api.conftest import Client, Upload
from tests.old_shapes import Shape, differences

#: Headers that the old page sends after a sign-in at the old server.
FETCH = {"Authorization": "Bearer django_session", "Content-Type": "application/json"}
#: More questions than this without a pause, and the page is taken for one that asks for ever.
FOR_EVER = 20


@dataclass
class OldPage:
    """One open tab. `asked` has the calls in their order."""

    api: Client
    asked: list[str] = field(default_factory=list)
    simulation: str = ""

    def get(self, path: str, *, plain: bool = False) -> TestResponse:
        self.asked.append(f"GET {path.replace(self.simulation or '?', '{id}')}")
        return self.api.get(f"/api/simulation/{path}", headers={} if plain else FETCH)

    def read(self, path: str, shape: Shape, *, plain: bool = False, status: int = 200) -> Any:
        answer = self.get(path, plain=plain)
        assert answer.status_code == status, answer.text
        assert answer.content_type == "application/json"
        assert differences(answer.get_json(), shape) == []
        return answer.get_json()

    def send(self, path: str, files: list[tuple[str, Upload]], texts: dict[str, str] | None = None) -> TestResponse:
        self.asked.append(f"POST {path}")
        form = requests.Request("POST", "http://localhost/", files=files, data=texts or {}).prepare()
        headers = {"Authorization": "Bearer django_session", "X-CSRFToken": "of django"}
        return self.api.post(path, data=form.body, content_type=form.headers["Content-Type"], headers=headers)

    def open_simulation_page(self) -> None:
        self.read("system-resources/", old_shapes.RESOURCES)

    def start(self, models: list[Upload], weather: Upload) -> str:
        """The Simulation page's submission, but for the scenario."""
        files = [*(("idf_files", model) for model in models), ("weather_file", weather)]
        answer = self.send("/api/simulation/run/", files, {"parallel": "true", "batch_mode": "true"})
        assert answer.status_code == 200, answer.text
        assert differences(answer.get_json(), old_shapes.SUBMITTED) == []
        self.simulation = str(answer.get_json()["simulation_id"])
        return self.simulation

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = self.read(f"{self.simulation}/status/", old_shapes.STATUS)
        assert said["status"] in ("pending", "running", "completed", "failed"), "the page waits for ever"
        return said

    def rows(self) -> list[dict[str, Any]] | None:
        """The rows that there are; None for "not yet"."""
        answer = self.get(f"{self.simulation}/parallel-results/")
        if answer.status_code == 202:
            assert differences(answer.get_json(), old_shapes.WAITING) == []
            return None
        assert answer.status_code == 200, answer.text
        assert differences(answer.get_json(), [old_shapes.ROW]) == []
        return list(answer.get_json())

    def watch(self, steps: list[Callable[[], None]]) -> list[list[dict[str, Any]] | None]:
        """Polls while `steps` happen, one between two polls, until the simulation has ended; what was read of rows."""
        found: list[list[dict[str, Any]] | None] = []
        progress, left = 0, list(steps)
        while True:
            said = self.status()
            if said["status"] == "failed":
                return found
            if said["status"] == "completed":
                return [*found, self.rows()]
            if said["progress"] > progress:
                progress = said["progress"]
                found.append(self.rows())
            left.pop(0)()

    def reload(self) -> list[dict[str, Any]] | None:
        """Opens the page again: it resumes its run, and asks for rows without a pause while a failed one has some."""
        self.asked.clear()
        said = self.status()
        rows = self.rows() if said["status"] in ("completed", "failed") else None
        while said["status"] == "failed" and rows is not None and len(self.asked) < FOR_EVER:
            rows = self.rows()
        return rows


def is_failed(row: dict[str, Any]) -> bool:
    """Whether the page shows a row as failed."""
    raw = row["raw_json"]
    return "error" in (row["status"], raw["status"]) or "error" in raw or not row["total_energy_use"]
