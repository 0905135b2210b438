"""`make pictures` works as long as the pages have what it waits for."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.conftest import ANNUAL, System
from tests.pictures import take


def test_the_pictures_of_the_readme_can_be_taken(system: System, browser: Browser, tmp_path: Path) -> None:
    assert system.ended(system.submit(ANNUAL))["status"] == "succeeded"

    take(browser, system.stack.url, tmp_path)

    taken = {path.name: path.read_bytes()[:4] for path in tmp_path.iterdir() if path.suffix == ".png"}
    assert taken == dict.fromkeys(("model.png", "run.png", "simulation.png"), b"\x89PNG")
