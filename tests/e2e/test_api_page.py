"""The API's documentation page in a real browser: it shows the document and loads nothing from other hosts."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import System

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture
def page() -> Iterator[Page]:
    chromium = shutil.which("chromium")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("chromium is not installed; make test installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def test_the_page_explains_a_submission_without_requests_to_other_hosts(system: System, page: Page) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"{system.stack.url}/api/docs")
    page.get_by_text("Submit models and weather files, uploaded or named by hash.").click()

    page.get_by_text("IDF or epJSON files.").wait_for()
    assert page.title() == "EPSM API"
    assert asked
    assert [url for url in asked if not url.startswith(system.stack.url)] == []
    assert said == []
