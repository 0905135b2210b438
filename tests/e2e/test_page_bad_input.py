"""The first visit with bad input, without weather, and with a connection that is cut off: answers in words."""

import json
from pathlib import Path

from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import CHICAGO, OFFICE, System
from tests.e2e.visiting import PATIENCE_MS, choose, run_button
from tests.support.browser import WIDE, opened

BROKEN = b"Version,25.2;\nExterior:Ligths,Lamp,Always On,100;\n"
LONG_NAME = "<b>" + "n" * 193 + ".idf"


def test_bad_input_is_answered_in_words(system: System, browser: Browser, tmp_path: Path) -> None:
    large = tmp_path / "large.idf"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    with opened(browser, system.stack.url) as tab:
        page = tab.page
        problems = page.locator("#problems")
        page.goto("/new")

        choose(page, ("photo.jpg", b"\xff\xd8"))
        expect(problems).to_contain_text("photo.jpg is no model")
        page.set_input_files("#files", large)
        expect(problems).to_contain_text("large.idf has 200.0 MB")
        choose(page, CHICAGO)
        expect(problems).to_contain_text("Drop the model that it is for")
        assert [url for url in tab.requested if "dry_run" in url] == []

        choose(page, (LONG_NAME, BROKEN))
        fault = page.locator(".problems")
        expect(fault).to_contain_text("Line 2")
        expect(fault).to_contain_text("did you mean Exterior:Lights?")
        expect(run_button(page)).to_be_disabled()
        expect(page.get_by_role("heading", name=LONG_NAME)).to_be_visible()
        assert not tab.scrolls_sideways()
        tab.picture(f"first-visit-problems-light-{WIDE}")

        # The next model takes the place of one that could not be read.
        choose(page, OFFICE, CHICAGO, ("copy.epw", CHICAGO.read_bytes()))
        expect(page.get_by_text("You dropped more than one weather file")).to_be_visible(timeout=PATIENCE_MS)
        expect(run_button(page)).to_be_enabled()
        expect(page.get_by_label("Weather")).to_have_value(CHICAGO.name)
        assert tab.said == []


def test_without_installed_weather_a_file_is_asked_for(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url) as tab:
        page = tab.page
        page.route("**/api/v1/weather*", lambda route: route.fulfill(json={"items": [], "next_cursor": None}))
        page.goto("/new")
        choose(page, OFFICE)
        expect(page.locator(".card.model")).to_contain_text("No weather files are installed", timeout=PATIENCE_MS)
        expect(page.locator(".problems")).to_contain_text("Weather is missing")
        expect(run_button(page)).to_be_disabled()

        choose(page, CHICAGO)
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        expect(page.get_by_label("Weather")).to_have_value(CHICAGO.name)
        assert tab.said == []


def test_an_interrupted_submission_keeps_everything_and_is_made_once(system: System, browser: Browser) -> None:
    keys: list[str | None] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) == 1:
            # The server makes the simulation, and the answer gets lost.
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    with opened(browser, system.stack.url) as tab:
        page = tab.page
        page.goto("/new")
        page.get_by_role("button", name="Try a sample office").click()
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        page.get_by_role("radio", name="Design days only").check(force=True)
        expect(page.locator("#sentence")).to_contain_text("design days", timeout=PATIENCE_MS)
        page.get_by_label("Name", exact=True).fill("Sent twice")
        page.route("**/api/v1/simulations", lose)
        run_button(page).click()
        expect(page.locator("#problems")).to_contain_text("The connection was cut off")
        expect(page.get_by_label("Name", exact=True)).to_have_value("Sent twice")
        page.get_by_role("button", name="Try again").click()
        page.get_by_text("Design days have no energy").wait_for(timeout=PATIENCE_MS)

    assert len(set(keys)) == 1
    assert None not in keys
    found = system.get("/api/v1/simulations?name=Sent%20twice")["items"]
    assert len(found) == 1, json.dumps(found)
