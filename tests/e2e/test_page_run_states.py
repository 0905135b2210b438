"""A run that waits, is cancelled, is deleted while somebody looks at it, or never existed: each says so in the page."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import SIZING, System
from tests.support.browser import Tab, opened

Json = dict[str, Any]


@pytest.fixture
def waiting(system: System) -> Iterator[Json]:
    """A simulation of one run that no worker takes."""
    system.call("POST", "/api/v1/fleet/pause", json={"reason": "the store moves"})
    try:
        yield system.submit({**SIZING, "name": "Waiting"})
    finally:
        system.call("POST", "/api/v1/fleet/resume")


def asked(tab: Tab, path: str) -> int:
    """How often a page has asked for a path."""
    return sum(url.partition("?")[0].endswith(path) for url in tab.requested)


def test_a_waiting_run_says_why_and_is_cancelled_by_keyboard(system: System, browser: Browser, waiting: Json) -> None:
    run = system.runs(waiting)[0]
    with opened(browser, system.stack.url) as tab, opened(browser, system.stack.url) as follower:
        follower.page.goto(f"/simulations/{waiting['id']}")
        expect(follower.page.locator("#runs tbody tr")).to_contain_text("Queued")
        tab.page.goto(f"/runs/{run['id']}")
        expect(tab.page.get_by_text("The whole fleet is paused: the store moves.")).to_be_visible()
        expect(tab.page.get_by_text("No worker has tried it.")).to_be_visible()
        simulation = f"/api/v1/simulations/{waiting['id']}"
        # At first, and after the first events of the stream, which asks for both anew.
        while asked(follower, simulation) < 2:
            follower.page.wait_for_event("request")
        tab.page.get_by_role("button", name="Cancel run").focus()
        tab.page.keyboard.press("Enter")
        tab.page.get_by_role("dialog").get_by_role("button", name="Cancel run").focus()
        lists = asked(follower, f"{simulation}/runs")
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_text("The run was cancelled by local.")).to_be_visible()
        expect(tab.page.get_by_text("Why it was cancelled")).to_be_visible()
        # Whoever looks at the simulation sees it without asking.
        expect(follower.page.locator("#runs tbody tr")).to_contain_text("Cancelled", timeout=30_000)
        expect(follower.page.get_by_role("radio", name="Cancelled 1")).to_be_attached(timeout=30_000)
        assert asked(follower, simulation) == 2
        assert asked(follower, f"{simulation}/runs") == lists
        tab.picture("run-cancelled")
        assert tab.violations() == []


def test_what_is_deleted_meanwhile_says_so(system: System, browser: Browser, waiting: Json) -> None:
    run = system.runs(waiting)[0]
    system.call("POST", f"/api/v1/simulations/{waiting['id']}/cancel")
    with opened(browser, system.stack.url) as tab, opened(browser, system.stack.url) as other:
        tab.page.goto(f"/runs/{run['id']}")
        expect(tab.page.get_by_text("Cancelled", exact=True)).to_be_visible()
        other.page.goto(f"/simulations/{waiting['id']}")
        other.page.get_by_role("button", name="Delete").click()
        other.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(other.page).to_have_url(f"{system.stack.url}/simulations")
        expect(tab.page.get_by_text("This run has been deleted")).to_be_visible(timeout=30_000)
    assert system.call("GET", f"/api/v1/simulations/{waiting['id']}").status_code == 404


def test_what_does_not_exist_says_so(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url) as tab:
        for path in (f"/runs/{uuid4()}", f"/simulations/{uuid4()}"):
            tab.page.goto(path)
            expect(tab.page.get_by_text("does not exist")).to_be_visible()
            assert tab.violations() == []
