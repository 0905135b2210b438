"""The views of runs, workers, queues and the audit log in a real browser: every width and theme, and no admin."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import SIZING, System
from tests.e2e.operating import ENGINE, let_all_go_on, put_unreadable_aside
from tests.support.browser import NARROW, THEMES, WIDE, Tab, opened

HOSTILE = "<img src=x onerror=\"document.title='owned'\">" + "w" * 120

VIEWS = ("runs", "workers", "queues", "audit")


@pytest.fixture(autouse=True)
def _nothing_stays_held_back(system: System) -> Iterator[None]:
    yield
    let_all_go_on(system)


def test_the_views_are_usable_in_every_width_and_theme(system: System, browser: Browser) -> None:
    put_unreadable_aside(system, HOSTILE)
    system.call("POST", "/api/v1/fleet/pause", json={"engine": ENGINE, "reason": HOSTILE})
    system.submit({**SIZING, "name": "Waits"}, names=(f"{HOSTILE.replace('/', '')}.idf",))
    for theme in THEMES:
        with opened(browser, system.stack.url, theme=theme) as tab:
            for view in VIEWS:
                examine(tab, view, theme)
            tab.page.goto("/queues")
            tab.page.get_by_role("button", name="Purge …").click()
            tab.picture(f"purge-{theme}")
            assert tab.violations() == []


def examine(tab: Tab, view: str, theme: str) -> None:
    """Opens a view with rows, keeps pictures, and looks for what is wrong with it."""
    tab.page.set_viewport_size({"width": WIDE, "height": 900})
    tab.page.goto(f"/{view}", wait_until="commit")
    tab.page.get_by_role("row").nth(1).wait_for()
    if view != "workers":
        expect(tab.page.get_by_text(HOSTILE).first).to_be_visible()
    tab.picture(f"{view}-{theme}-{WIDE}")
    assert tab.page.locator("main img").count() == 0
    assert "owned" not in tab.page.title()
    assert tab.violations() == []
    assert not tab.scrolls_sideways()
    tab.page.set_viewport_size({"width": NARROW, "height": 900})
    tab.picture(f"{view}-{theme}-{NARROW}")
    assert not tab.scrolls_sideways()
    assert tab.said == []


def test_who_is_no_admin_sees_workers_and_queues_and_is_offered_no_change(system: System, browser: Browser) -> None:
    put_unreadable_aside(system, "unreadable")
    with opened(browser, system.stack.url) as tab:
        tab.page.route("**/*", as_to_a_user)
        tab.page.goto("/workers")
        expect(tab.page.get_by_text("Ready", exact=True)).to_be_visible()
        assert tab.page.get_by_role("button", name="Drain").count() == 0
        tab.page.goto("/queues")
        dead = tab.page.locator("dl.numbers > div").filter(has_text="Dead letters")
        expect(dead).to_contain_text("1")
        for name in ("Pause", "Purge", "Requeue", "Drop"):
            assert tab.page.get_by_role("button", name=name).count() == 0
        assert [url for url in tab.requested if url.endswith("/dead-letters")] == []
        assert tab.said == []


def as_to_a_user(route: Route) -> None:
    """Gives the page what the server writes into it for a token without the scope admin."""
    if route.request.resource_type != "document":
        route.continue_()
        return
    answer = route.fetch()
    page = re.sub(r'<button id="(pause|resume)-all".*?</button>', "", answer.text())
    route.fulfill(response=answer, body=page.replace('data-may-admin="yes"', 'data-may-admin="no"'))
