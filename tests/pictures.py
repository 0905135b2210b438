"""`make pictures`: takes the pictures of the README from the local stack, after the demo has run its study."""

import sys
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page

from deploy.local.__main__ import DIRECTORY
from deploy.local.stack import ROOT, Stack
from tests.support.browser import opened, running_chromium, wait_for

PICTURES = ROOT / "docs" / "pictures"
HEIGHT = 1000


def main() -> int:
    """Takes all pictures; raises when a page does not show what it should."""
    PICTURES.mkdir(exist_ok=True)
    with running_chromium() as browser:
        take(browser, Stack(DIRECTORY, {}).url, PICTURES)
    return 0


def take(browser: Browser, url: str, directory: Path) -> None:
    """Takes the pictures of the newest simulation, whose first run has succeeded, and of the first visit."""
    (simulation, *_) = requests.get(f"{url}/api/v1/simulations?limit=1", timeout=60).json()["items"]
    (run, *_) = requests.get(f"{url}/api/v1/simulations/{simulation['id']}/runs", timeout=60).json()["items"]
    _first_visit(browser, url, directory / "model.png")
    _view(browser, url, f"/runs/{run['id']}", "canvas", directory / "run.png")
    _view(browser, url, f"/simulations/{simulation['id']}", "tbody tr", directory / "simulation.png")


def _first_visit(browser: Browser, url: str, path: Path) -> None:
    with opened(browser, url, height=HEIGHT) as tab:
        tab.page.goto("/new")
        tab.page.click("#sample")
        tab.page.wait_for_selector("canvas")
        tab.page.wait_for_selector("#run:enabled")
        _settled(tab.page)
        tab.page.screenshot(path=path)


def _view(browser: Browser, url: str, address: str, shown: str, path: Path) -> None:
    with opened(browser, url, height=HEIGHT) as tab:
        tab.page.goto(address)
        tab.page.wait_for_selector(shown)
        _settled(tab.page)
        tab.page.screenshot(path=path)


def _settled(page: Page) -> None:
    """Waits until nothing is being loaded, and what came is painted. An open event stream keeps the network busy."""
    wait_for(page, "!document.querySelector('[aria-busy]') && !document.body.innerText.includes('Loading')")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


if __name__ == "__main__":
    sys.exit(main())
