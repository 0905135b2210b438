"""The first visit in a real browser, on a whole stack: from a model to its first numbers."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import CHICAGO, OFFICE, System
from tests.e2e.displayed import Json, number
from tests.e2e.visiting import PATIENCE_MS, choose, drop, first_number, run_button, run_id, shows_first_numbers
from tests.models import doe_model
from tests.support.browser import NARROW, THEMES, WIDE, opened


def run_of(system: System, page: Page) -> Json:
    return dict(system.get(f"/api/v1/runs/{run_id(page)}"))


def test_the_sample_gives_a_first_number_within_three_clicks(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url) as tab:
        page, clicks = tab.page, 0
        # A user who has no results yet, because the results of other tests would be reused.
        page.context.set_extra_http_headers({"X-EPSM-Owner": "first-visitor"})
        page.goto("/")
        if not page.url.endswith("/new"):
            page.get_by_role("link", name="New", exact=True).click()
            clicks += 1
        page.get_by_role("button", name="Try a sample office").click()
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        expect(page.get_by_label("Weather")).to_have_value(CHICAGO.name)
        run_button(page).click()
        # Live, without a reload and without polling.
        expect(page.locator("#running")).to_contain_text("Running", timeout=PATIENCE_MS)
        page.locator(".months .now").wait_for(timeout=PATIENCE_MS)
        first_number(page).wait_for(timeout=PATIENCE_MS)
        assert clicks + 2 <= 3

        shows_first_numbers(page, run_of(system, page)["metrics"])
        tab.picture("first-visit-result-light-1280")
        assert tab.violations() == []
        assert tab.said == []
        assert [url for url in tab.requested if not url.startswith(system.stack.url)] == []
        # Read once at the start and once at the end: the stream tells the rest.
        assert sum(bool(re.search(r"/runs\?", url)) for url in tab.requested) <= 2


@pytest.mark.parametrize("theme", THEMES)
def test_an_own_model_is_understood_before_it_runs(system: System, browser: Browser, theme: str) -> None:
    model = doe_model("RefBldgSmallOffice")
    with opened(browser, system.stack.url, theme=theme) as tab:
        page = tab.page
        page.goto("/new")
        tab.picture(f"first-visit-start-{theme}-{WIDE}")
        assert tab.violations() == []
        drop(page, model.name, model.read_bytes())
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)

        card = page.locator(".card.model")
        expect(card).to_contain_text("511 m²")
        expect(card).to_contain_text("6 zones")
        expect(card).to_contain_text("There is no weather run in it, so it will run a full year.")
        expect(page.get_by_label("Weather")).to_have_value(CHICAGO.name)
        expect(page.get_by_role("img", name="A building of")).to_have_attribute(
            "aria-label", re.compile(r"6\.3 m high: 20 walls, .* windows")
        )
        before = picture_of(page)
        page.get_by_role("group", name="Drag to turn").press("ArrowRight")
        turned = picture_of(page)
        page.get_by_label("Coloured by").select_option("zone")
        assert len({before, turned, picture_of(page)}) == 3
        expect(card).to_contain_text("Perimeter_ZN_1")
        tab.picture(f"first-visit-card-{theme}-{WIDE}")
        assert tab.violations() == []
        page.set_viewport_size({"width": NARROW, "height": 900})
        tab.picture(f"first-visit-card-{theme}-{NARROW}")
        assert not tab.scrolls_sideways()
        assert tab.said == []


def picture_of(page: Page) -> str:
    return str(page.locator("canvas").evaluate("canvas => canvas.toDataURL()"))


def test_design_days_run_by_keyboard_and_say_that_they_have_no_energy(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url, width=NARROW) as tab:
        page = tab.page
        page.goto("/new")
        choose(page, OFFICE, CHICAGO)
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        page.get_by_role("radio", name="As authored").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#sentence")).to_contain_text("design days only", timeout=PATIENCE_MS)
        expect(page.get_by_role("radio", name="Design days only")).to_be_focused()
        page.get_by_label("Name", exact=True).fill("By keyboard")
        page.keyboard.press("Enter")

        page.get_by_text("Design days have no energy").wait_for(timeout=PATIENCE_MS)
        run = run_of(system, page)
        expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()
        first = run["metrics"]["sizing"]["zones"][0]
        row = page.get_by_role("row", name=first["zone"]).first
        expect(row).to_contain_text(f"{first['design_load_w'] / 1000:.2f}")
        expect(page.locator("[data-metric=total_area_m2] b")).to_have_text(number(run["metrics"]["total_area_m2"]))
        tab.picture(f"first-visit-design-days-light-{NARROW}")
        assert not tab.scrolls_sideways()
        assert tab.violations() == []
        assert tab.said == []


def test_a_failed_run_says_what_energyplus_said(system: System, browser: Browser) -> None:
    model = OFFICE.read_bytes().replace(b"Small Office,", b"Small Office with a fault,", 1)
    model += b"\nLights, Lamp, No such zone, No such schedule, LightingLevel, 100;\n"
    with opened(browser, system.stack.url) as tab:
        page = tab.page
        page.goto("/new")
        choose(page, ("faulty.idf", model))
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        run_button(page).click()
        page.get_by_text("The run failed").wait_for(timeout=PATIENCE_MS)

        run = run_of(system, page)
        grave = [message for message in run["messages"] if message["severity"] != "warning"]
        line = model[: model.index(b"Lights, Lamp")].count(b"\n") + 1
        assert {"class": "Lights", "name": "LAMP", "line": line} in [message["object"] for message in grave]
        assert grave[0]["text"] in run["error"]["message"]
        expect(page.locator(".said li")).to_have_count(len(grave))
        expect(page.locator(".said li").first).to_contain_text(grave[0]["text"])
        expect(page.locator(".said li").filter(has_text=f"in line {line} of the model").first).to_be_visible()
        tab.picture(f"first-visit-failed-light-{WIDE}")
