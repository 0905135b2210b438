"""One simulation and one run in a real browser: what they show is what the API says, as text, for everybody."""

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.e2e.conftest import CHICAGO, OFFICE, System
from tests.e2e.displayed import NONE, Json, shows_result
from tests.e2e.displayed import number as shown
from tests.support.browser import NARROW, THEMES, WIDE, Tab, opened, wait_for

#: EnergyPlus writes names in capitals, which markup does not mind.
HOSTILE = "<img src=x onerror=document.title='owned'>"
NAME = HOSTILE + "w" * (200 - len(HOSTILE))
RIGHT_TO_LEFT = "مبنى.idf"
NORTH = {"name": "north_axis_deg", "object": "Building", "field": "North Axis", "values": [30.0]}
#: The observers of sizes that are at work, of which each chart has one.
COUNT_OBSERVERS = """(() => {
  window.observers = new Set();
  const Observer = window.ResizeObserver;
  window.ResizeObserver = class extends Observer {
    observe(...given) { window.observers.add(this); super.observe(...given); }
    disconnect() { window.observers.delete(this); super.disconnect(); }
  };
})();"""
CHANGE_UNIT = """(energy) => {
  localStorage.setItem("epsm.settings", JSON.stringify({ energy }));
  dispatchEvent(new Event("epsm:settings"));
}"""
SCRIPT = "<p>the report</p><script>document.body.textContent = 'ran'; top.document.title = 'owned'</script>"


@pytest.fixture(scope="module")
def simulation(whole_stack: System) -> Json:
    """Two runs of three days: one succeeded, and one failed because a schedule with a hostile name does not exist."""
    good = re.sub(rb"12,(\s+!- End Month\s+)31,", rb"1,\g<1>3,", OFFICE.read_bytes())
    assert good != OFFICE.read_bytes()
    bad = good.replace(b"Schedule:Compact, Fan Operation,", b"Schedule:Compact, Other,")
    bad = bad.replace(b"Fan Operation", HOSTILE.encode())
    answer = whole_stack.call(
        "POST",
        "/api/v1/simulations",
        files=[
            ("models", ("good.idf", good)),
            ("models", (RIGHT_TO_LEFT, bad)),
            ("weather", (CHICAGO.name, CHICAGO.read_bytes())),
        ],
        data={"spec": json.dumps({"name": NAME, "outputs": [], "parameters": [NORTH]})},
    )
    assert answer.status_code == 201, answer.text
    return whole_stack.ended(answer.json())


def run_of(system: System, simulation: Json, status: str) -> Json:
    return next(run for run in system.runs(simulation) if run["status"] == status)


def catalogue(system: System) -> dict[str, Json]:
    return {entry["name"]: entry for entry in system.get("/api/v1/metrics")["items"]}


def opened_run(tab: Tab, run: Json) -> None:
    tab.page.goto(f"/runs/{run['id']}")
    expect(tab.page.get_by_role("heading", name=f"Run {run['index']}", exact=False).first).to_be_visible()
    expect(tab.page.locator("#attempts tbody tr").first).to_be_visible()


def cells(row: Locator) -> dict[str, str]:
    """Texts of a row by the names of its columns."""
    return dict(row.evaluate("row => [...row.cells].map(cell => [cell.dataset.label, cell.textContent])"))


def test_the_runs_of_a_simulation_are_those_of_the_api(system: System, browser: Browser, simulation: Json) -> None:
    good, bad = run_of(system, simulation, "succeeded"), run_of(system, simulation, "failed")
    with opened(browser, system.stack.url) as tab:
        tab.page.goto(f"/simulations/{simulation['id']}")
        rows = tab.page.locator("#runs tbody tr")
        # Failures come first, with what went wrong.
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(bad["error"]["message"])
        expect(tab.page.get_by_text("Failed runs are shown first.")).to_be_visible()
        tab.page.get_by_role("radio", name="Failed 1").focus()
        tab.page.keyboard.press("ArrowLeft")
        expect(rows).to_have_count(2)
        assert tab.page.url.endswith("?status=all")

        told = cells(rows.filter(has_text="Succeeded"))
        assert told["north_axis_deg"] == str(int(good["parameters"]["north_axis_deg"]))
        compared = 0
        for entry in catalogue(system).values():
            label = f"{str(entry['label']).capitalize()}, {entry['unit']}".replace("m2", "m²")
            if entry["headline"] and entry["shape"] == "number" and label in told:
                value = good["metrics"][entry["name"]]
                assert told[label] == (NONE if value is None else shown(value)), label
                compared += 1
        assert compared >= 9
        tab.page.get_by_role("button", name="Site energy").click()
        expect(tab.page.get_by_role("columnheader", name="Site energy")).to_have_attribute("aria-sort", "ascending")
        tab.page.get_by_label("Search model or message").fill("good")
        expect(rows).to_have_count(1)
        expect(tab.page.locator("#downloads")).to_contain_text("good.idf")
        assert tab.said == []


def test_a_run_shows_what_the_api_says(system: System, browser: Browser, simulation: Json) -> None:
    run = run_of(system, simulation, "succeeded")
    metrics, entries = run["metrics"], catalogue(system)
    with opened(browser, system.stack.url) as tab:
        opened_run(tab, run)
        expect(tab.page.locator(".chart canvas")).to_be_visible()
        shows_result(tab.page, metrics, list(entries.values()))

        trust = tab.page.locator(".trust")
        expect(trust).to_contain_text("A part of a year")
        expect(trust).to_contain_text(f"{shown(metrics['period']['hours_simulated'])} h")
        expect(trust).to_contain_text(f"{shown(metrics['total_area_m2'])} m², all conditioned")
        changes = system.get(next(file["href"] for file in run["files"] if file["name"] == "changes.json"))
        trust.get_by_role("link", name=f"{len(changes)} changes").click()
        expect(tab.page.locator("#changes tbody tr")).to_have_count(len(changes))
        expect(tab.page.locator("#changes del")).to_have_text("0")
        expect(tab.page.locator("#changes ins")).to_have_text("30")

        assert tab.page.locator("#files tbody a").all_text_contents() == [file["name"] for file in run["files"]]
        attempt = system.get(run["links"]["attempts"])["items"][0]
        expect(tab.page.locator("#attempts tbody tr")).to_contain_text(attempt["worker"])
        assert tab.said == []


def test_other_units_are_a_display_and_definitions_come_by_keyboard(
    system: System, browser: Browser, simulation: Json
) -> None:
    run = run_of(system, simulation, "succeeded")
    eui = catalogue(system)["site_eui_kwh_per_m2"]
    with opened(browser, system.stack.url) as tab:
        tab.page.goto("/settings")
        tab.page.get_by_label("MJ and MJ/m²").check()
        opened_run(tab, run)
        tile = tab.page.locator(f"[data-metric={eui['name']}]")
        expect(tile.locator(".value")).to_have_text(shown(run["metrics"][eui["name"]] * 3.6))
        expect(tile.locator(".unit")).to_have_text("MJ/m²")
        expect(tile.get_by_role("tooltip")).to_be_hidden()
        tab.page.locator(".trust").get_by_role("link", name="changes").focus()
        tab.page.keyboard.press("Tab")
        expect(tile.get_by_role("tooltip")).to_contain_text(eui["text"])
        tab.page.keyboard.press("Escape")
        expect(tile.get_by_role("tooltip")).to_be_hidden()


def test_the_report_is_shown_in_a_frame_that_runs_no_script(system: System, browser: Browser, simulation: Json) -> None:
    run = run_of(system, simulation, "succeeded")
    with opened(browser, system.stack.url) as tab:
        opened_run(tab, run)
        tab.page.get_by_text("EnergyPlus's own report").click()
        frame = tab.page.frame_locator("#report iframe")
        expect(frame.get_by_text("Program Version").first).to_be_visible()
        assert tab.page.locator("#report iframe").get_attribute("sandbox") == ""

        # Without the policy that the server sends with files.
        tab.page.route("**/eplustbl.htm*", lambda route: route.fulfill(body=SCRIPT, content_type="text/html"))
        opened_run(tab, run)
        tab.page.get_by_text("EnergyPlus's own report").click()
        expect(frame.get_by_text("the report")).to_be_visible()
        assert tab.page.title().startswith("Run 0")


@pytest.mark.parametrize("theme", THEMES)
def test_names_and_messages_are_text_in_every_width_and_theme(
    system: System, browser: Browser, simulation: Json, theme: str
) -> None:
    good, bad = run_of(system, simulation, "succeeded"), run_of(system, simulation, "failed")
    with opened(browser, system.stack.url, theme=theme) as tab:
        opened_run(tab, good)
        expect(tab.page.locator("#crumbs")).to_contain_text(NAME)
        expect(tab.page.locator(".chart canvas")).to_be_visible()
        tab.page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        _is_well(tab, f"run-succeeded-{theme}")
        opened_run(tab, bad)
        expect(tab.page.locator(".messages").get_by_text(HOSTILE.upper()).first).to_be_visible()
        _is_well(tab, f"run-failed-{theme}")
        tab.page.goto(f"/simulations/{simulation['id']}?status=all")
        expect(tab.page.get_by_role("row", name="Run 1")).to_contain_text(RIGHT_TO_LEFT)
        _is_well(tab, f"simulation-{theme}")


def _is_well(tab: Tab, name: str) -> None:
    for width in (WIDE, NARROW):
        tab.page.set_viewport_size({"width": width, "height": 900})
        tab.picture(f"{name}-{width}")
        assert not tab.scrolls_sideways()
    tab.page.set_viewport_size({"width": WIDE, "height": 900})
    assert tab.violations() == []
    assert tab.page.locator("main img").count() == 0
    assert not tab.page.title().startswith("owned")
    assert tab.said == []


def test_messages_are_found_by_severity_and_words_and_at_most_200_are_shown(
    system: System, browser: Browser, simulation: Json
) -> None:
    bad = run_of(system, simulation, "failed")
    with opened(browser, system.stack.url) as tab:
        opened_run(tab, bad)
        items = tab.page.locator(".messages li")
        expect(items).to_have_count(len(system.get(f"{bad['links']['messages']}?limit=200")["items"]))
        tab.page.get_by_label("Search messages").fill("item NOT found")
        expect(items).to_have_count(1)
        (found,) = (message["object"] for message in bad["messages"] if message["object"])
        expect(items).to_contain_text(f"{found['class']}: {found['name']} in line {found['line']} of the model")
        tab.page.get_by_label("Search messages").fill("nothing like this")
        expect(tab.page.get_by_text("No message matches.")).to_be_visible()

        tab.page.route("**/messages?*", _many)
        opened_run(tab, bad)
        expect(items).to_have_count(200)
        expect(tab.page.get_by_text("200 of 400 different messages.")).to_be_visible()


def _many(route: Route) -> None:
    is_first = "cursor" not in route.request.url
    items = [{"severity": "warning", "text": f"{is_first} {n}", "count": 500, "object": None} for n in range(200)]
    route.fulfill(json={"items": items, "next_cursor": "more" if is_first else None})


def test_charts_that_are_shown_no_more_are_given_up(system: System, browser: Browser, simulation: Json) -> None:
    with opened(browser, system.stack.url) as tab:
        tab.page.add_init_script(COUNT_OBSERVERS)
        opened_run(tab, run_of(system, simulation, "succeeded"))
        for unit in ("mj_per_m2", "kbtu_per_ft2", "kwh_per_m2"):
            tab.page.evaluate(CHANGE_UNIT, unit)
            expect(tab.page.locator(".chart canvas")).to_be_visible()
        wait_for(tab.page, "window.observers.size === 1")
        assert tab.said == []
