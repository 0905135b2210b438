"""Every view for everybody: axe-core in both themes, 390 pixels wide, and the whole way by keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api_service.identity.scope import Scope
from api_service.web.navigation import VIEWS
from tests.e2e.asking import AskingApi
from tests.e2e.conftest import CHICAGO, OFFICE, SIZING, System
from tests.e2e.displayed import number
from tests.e2e.visiting import PATIENCE_MS, choose, first_number, run_button, run_id
from tests.support.browser import NARROW, THEMES, WIDE, Tab, opened, wait_for

#: Whether a view has what it asked for.
LOADED = "!document.querySelector('[aria-busy]') && !document.body.innerText.includes('Loading ')"
#: More controls than any view has before the one that is looked for.
MOST_TABS = 60


@pytest.fixture
def paused(system: System) -> Iterator[None]:
    """No run starts."""
    system.call("POST", "/api/v1/fleet/pause", json={"reason": "a test"})
    yield
    system.call("POST", "/api/v1/fleet/resume")


def test_every_view_is_well_in_both_themes_and_390_pixels_wide(
    system: System, asking: AskingApi, browser: Browser
) -> None:
    simulation = system.submit({**SIZING, "name": "Seen by everybody"}, owner="kim")
    system.ended(simulation)
    (run,) = system.runs(simulation)
    places = {
        view.path.replace("<uuid:simulation_id>", simulation["id"]).replace("<uuid:run_id>", run["id"]): view.name
        for view in VIEWS
    }
    admin = asking.user("kim", Scope.ADMIN)
    with opened(browser, asking.url) as tab:
        tab.page.goto("/sign-in")
        is_well(tab, "sign-in")
        admin.sign_in(tab.page)
        for path, name in {**places, "/account": "account", f"/runs/{simulation['id']}": "no-run"}.items():
            tab.page.goto(path)
            wait_for(tab.page, LOADED)
            tab.page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true })")
            is_well(tab, name)
        assert [said for said in tab.said if "404" not in said] == []


def test_the_first_visit_is_well_in_both_themes_from_the_card_to_the_numbers(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url) as tab:
        page = tab.page
        page.goto("/new")
        choose(page, ("broken.idf", b"Version,25.2;\nExterior:Ligths,Lamp,Always On,100;\n"))
        expect(page.locator(".problems")).to_contain_text("Line 2", timeout=PATIENCE_MS)
        is_well(tab, "first-visit-problems")
        page.get_by_role("button", name="Start over").click()
        page.get_by_role("button", name="Try a sample office").click()
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        is_well(tab, "first-visit-card")
        run_button(page).click()
        page.locator("#running").wait_for()
        is_well(tab, "first-visit-running")
        first_number(page).wait_for(timeout=PATIENCE_MS)
        page.locator(".chart canvas").wait_for()
        page.get_by_text("As a table").click()
        is_well(tab, "first-visit-numbers")
        assert tab.said == []


def is_well(tab: Tab, name: str) -> None:
    """Nothing serious in any theme, and no scrolling sideways of the narrow page."""
    for theme in THEMES:
        tab.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for width in (WIDE, NARROW):
            tab.page.set_viewport_size({"width": width, "height": 900})
            tab.picture(f"every-{name}-{theme}-{width}")
            assert not tab.scrolls_sideways(), f"{name}, {width}"
        assert tab.violations() == [], f"{name}, {theme}"
    tab.page.set_viewport_size({"width": WIDE, "height": 900})


def test_the_whole_way_by_keyboard(system: System, asking: AskingApi, browser: Browser, tmp_path: Path) -> None:
    model = tmp_path / "by_keyboard.idf"
    model.write_bytes(OFFICE.read_bytes())
    user = asking.user("keya")
    with opened(browser, asking.url) as tab:
        page = tab.page
        # Playwright takes over the dialog for files when somebody listens, which takes a while.
        page.on("filechooser", lambda _: None)
        page.goto("/")
        # The only field has the focus.
        page.keyboard.type(user.token)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Run a model").wait_for()
        opens_files(page, page.get_by_role("button", name="Choose files"), model)
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        expect(page.get_by_label("Weather")).to_have_value(CHICAGO.name)
        opens_files(page, page.get_by_role("button", name="Use your own EPW"), CHICAGO)
        expect(page.get_by_role("option", name=f"{CHICAGO.name} (yours)")).to_be_attached(timeout=PATIENCE_MS)
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        press(page, run_button(page))
        first_number(page).wait_for(timeout=PATIENCE_MS)
        run = user.get(f"/api/v1/runs/{run_id(page)}")
        expect(first_number(page)).to_have_text(number(run["metrics"]["site_eui_kwh_per_m2"]))

        press(page, page.get_by_text("As a table"))
        expect(page.locator("table.end-uses")).to_be_visible()
        press(page, page.get_by_role("link", name="All results of this run"))
        tile = page.locator("[data-metric=site_eui_kwh_per_m2]")
        expect(tile.locator(".value")).to_have_text(number(run["metrics"]["site_eui_kwh_per_m2"]))
        reach(page, tile.get_by_role("button"))
        expect(tile.get_by_role("tooltip")).to_be_visible()
        assert tab.said == []


def test_a_submission_is_cancelled_by_keyboard(system: System, paused: None, browser: Browser) -> None:
    with opened(browser, system.stack.url) as tab:
        page = tab.page
        page.goto("/simulations")
        press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="New"))
        press(page, page.get_by_role("button", name="Try a sample office"))
        expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
        press(page, run_button(page))
        expect(page.locator("#running")).to_contain_text("paused")
        press(page, page.locator("#running").get_by_role("button", name="Cancel"), key="Space")
        expect(page.get_by_text("The run was cancelled")).to_be_visible(timeout=PATIENCE_MS)
        press(page, page.get_by_role("link", name="Open the simulation"))
        expect(page.locator("#heading")).to_contain_text("Cancelled")
        assert tab.said == []


def reach(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus, and the focus is seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            assert target.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
            return
    pytest.fail(f"{target} is not reached by keyboard")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    target.wait_for()
    reach(page, target)
    page.keyboard.press(key)


def opens_files(page: Page, button: Locator, file: Path) -> None:
    button.wait_for()
    expect(button).to_be_enabled()
    reach(page, button)
    with page.expect_file_chooser() as opening:
        page.keyboard.press("Enter")
    opening.value.set_files(file)
