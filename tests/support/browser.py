"""Pages in a real Chromium: at a width and in a theme, examined by axe-core, kept as pictures."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "api_service" / "web" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
THEMES = ("light", "dark")
WIDE, NARROW = 1280, 390
SERIOUS = frozenset({"serious", "critical"})
#: A loaded machine takes long.
PATIENCE_MS = 60_000
#: Pictures are kept in this directory when the variable names one; else they are only taken.
PICTURES = "EPSM_SCREENSHOTS"


@dataclass(frozen=True)
class Tab:
    """A page, and what it asked for and said since it was opened."""

    page: Page
    requested: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def picture(self, name: str) -> None:
        """Takes a picture of the whole page."""
        directory = os.environ.get(PICTURES)
        path = Path(directory) / f"{name}.png" if directory else None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=True)

    def violations(self) -> list[str]:
        """What axe-core calls serious or critical, with the elements it is about."""
        # Not a <script> of the page: its policy would refuse that.
        self.page.evaluate(AXE.read_text() + "; null")
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [_violation(one) for one in found if one["impact"] in SERIOUS]

    def scrolls_sideways(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def _violation(found: dict[str, Any]) -> str:
    places: Sequence[dict[str, Any]] = found["nodes"]
    return f"{found['id']}: " + "; ".join(re.sub(r"\s+", " ", place["html"])[:200] for place in places)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser; without Chromium the test is skipped, but not in CI."""
    chromium = shutil.which("chromium")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("chromium is not installed; make test installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, base: str, *, theme: str = "light", width: int = WIDE, height: int = 900, motion: bool = False
) -> Iterator[Tab]:
    """A page of its own profile; `theme` is what the system prefers."""
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="no-preference" if motion else "reduce",
    )
    try:
        tab = Tab(context.new_page())
        tab.page.on("request", lambda request: tab.requested.append(request.url))
        tab.page.on("console", lambda message: tab.said.append(message.text))
        tab.page.on("pageerror", lambda error: tab.said.append(json.dumps(str(error))))
        yield tab
    finally:
        context.close()


def wait_for(page: Page, condition: str) -> None:
    """Waits until an expression is true in the page, whose policy forbids Playwright's own way."""
    page.evaluate(
        f"""async () => {{
            const end = performance.now() + {PATIENCE_MS};
            while (!({condition})) {{
                if (performance.now() > end) throw new Error("it did not come about");
                await new Promise((done) => setTimeout(done, 20));
            }}
        }}"""
    )
