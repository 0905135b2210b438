"""The old page with a clock that the test moves: how many requests the answers make it send, and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.integration.api.old_page import OldPage

POLL_SECONDS = 2.0
#: With this time for a question and its answer, the page asks 18 times a second when it asks without a pause.
ANSWER_SECONDS = 1 / 18


@dataclass
class TimedPage(OldPage):
    """One open tab; `now` is the time in seconds since it was loaded. Nothing waits for it."""

    now: float = 0.0

    def get(self, path: str, *, plain: bool = False) -> TestResponse:
        self.now += ANSWER_SECONDS
        return super().get(path, plain=plain)

    def load(self, seconds: float, happenings: Mapping[float, Callable[[], Any]] | None = None) -> None:
        """Loads the page, which resumes its run; notes in `asked` what it asks in so many seconds.

        `happenings` happen at their times.
        """
        self.asked.clear()
        self.now = 0.0
        left = sorted((happenings or {}).items(), key=lambda item: item[0])
        self.open_simulation_page()
        shown, begun = -1, 0.0
        while self.now < seconds:
            while left and left[0][0] <= self.now:
                left.pop(0)[1]()
            begun = self.now
            said = self.status()
            if said["status"] in ("completed", "failed"):
                self._show(said["status"], seconds)
                return
            if said["progress"] > shown:
                self.rows()
            shown = max(shown, said["progress"])
            self.now = max(self.now, begun + POLL_SECONDS)

    def _show(self, status: str, seconds: float) -> None:
        rows = self.rows()
        # The failed run is still the active one of the page: rows make it resume the run, which asks for rows.
        while status == "failed" and rows is not None and self.now < seconds:
            rows = self.rows()

    def count(self, what: str) -> int:
        return self.asked.count(f"GET {{id}}/{what}/")
