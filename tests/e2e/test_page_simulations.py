"""The list of simulations in a real browser, on a whole stack: live, safe for every name, usable by everybody."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import ANNUAL, SIZING, System
from tests.support.browser import NARROW, THEMES, WIDE, opened

HOSTILE = "<img src=x onerror=\"document.title='owned'\">" + "w" * 150
RIGHT_TO_LEFT = "مبنى مكتبي صغير"


def test_simulations_appear_move_and_are_cancelled_without_a_reload(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url) as tab:
        tab.page.goto("/simulations")
        tab.page.get_by_role("heading", name="Simulations").wait_for()
        first = system.submit({**SIZING, "name": "A short one"})
        second = system.submit({**ANNUAL, "name": "Ended in the page"}, copies=40)

        row = tab.page.get_by_role("row", name="Ended in the page")
        expect(tab.page.get_by_role("row", name="A short one")).to_contain_text("Succeeded", timeout=120_000)
        expect(row).to_contain_text("Running", timeout=120_000)
        row.get_by_role("checkbox").check()
        tab.page.get_by_role("group", name="Actions").get_by_role("button", name="Cancel").click()
        tab.page.get_by_role("dialog").get_by_role("button", name="Cancel runs").click()

        expect(row).to_contain_text("Cancelled", timeout=120_000)
        assert tab.page.url == f"{system.stack.url}/simulations"
        assert [url for url in tab.requested if not url.startswith(system.stack.url)] == []
        assert tab.said == []
    assert system.simulation(first)["status"] == "succeeded"
    assert system.simulation(second)["status"] == "cancelled"


@pytest.mark.parametrize("theme", THEMES)
def test_every_name_is_shown_as_text_in_every_width_and_theme(system: System, browser: Browser, theme: str) -> None:
    for name in (HOSTILE, RIGHT_TO_LEFT):
        system.submit({**SIZING, "name": name})
    for width in (WIDE, NARROW):
        with opened(browser, system.stack.url, theme=theme, width=width) as tab:
            tab.page.goto("/simulations")
            expect(tab.page.get_by_text(HOSTILE).first).to_be_visible()
            expect(tab.page.get_by_text(RIGHT_TO_LEFT).first).to_be_visible()
            tab.picture(f"simulations-{theme}-{width}")

            assert tab.page.locator("main img").count() == 0
            assert tab.page.title() == "Simulations · EPSM"
            assert tab.violations() == []
            assert not tab.scrolls_sideways()
            assert tab.said == []


def test_a_filter_is_in_the_address_and_finds_nothing_in_words(system: System, browser: Browser) -> None:
    system.submit({**SIZING, "name": "Findable"})
    with opened(browser, system.stack.url) as tab:
        tab.page.goto("/simulations?name=findab")
        expect(tab.page.get_by_role("row", name="Findable").first).to_be_visible()
        tab.page.get_by_label("Search by name").fill("no such name at all")

        expect(tab.page.get_by_text("Nothing matches")).to_be_visible()
        assert tab.page.url.endswith("?name=no+such+name+at+all")
        tab.page.get_by_role("button", name="Show all").click()
        expect(tab.page.get_by_role("row", name="Findable").first).to_be_visible()


def test_the_page_says_when_the_server_is_away_and_goes_on_afterwards(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url) as tab:
        tab.page.goto("/simulations")
        tab.page.get_by_role("row").nth(1).wait_for()
        system.stack.api.stop()
        expect(tab.page.get_by_text("Connection lost")).to_be_visible(timeout=60_000)
        for _ in system.stack.up():
            pass
        expect(tab.page.get_by_text("Connection lost")).to_be_hidden(timeout=120_000)
        system.submit({**SIZING, "name": "After the restart"})
        expect(tab.page.get_by_role("row", name="After the restart")).to_be_visible(timeout=60_000)


def test_the_theme_and_units_of_the_settings_stay(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url, theme="light") as tab:
        tab.page.goto("/account")
        tab.page.get_by_label("Dark").check()
        tab.page.get_by_label("MJ and MJ/m²").check()
        tab.picture("settings-dark")
        assert tab.violations() == []
        tab.page.goto("/simulations")
        assert tab.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
        tab.page.goto("/account")
        expect(tab.page.get_by_label("MJ and MJ/m²")).to_be_checked()


def test_what_is_wrong_with_a_page_is_found(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url, width=NARROW) as tab:
        tab.page.goto("/simulations")
        tab.page.evaluate(
            "document.body.append(Object.assign(document.createElement('img'), {src: '/x'}),"
            " document.createElement('button'));"
            " document.body.lastElementChild.style.width = '2000px'"
        )

        assert {violation.partition(":")[0] for violation in tab.violations()} == {"button-name", "image-alt"}
        assert tab.scrolls_sideways()
