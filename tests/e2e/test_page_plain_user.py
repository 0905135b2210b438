"""A plain user behind sign-in: from a model to its result, live, and nothing of another's in any view or answer."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.asking import AskingApi, User
from tests.e2e.conftest import ANNUAL, CHICAGO, SIZING, System
from tests.e2e.displayed import shows_result
from tests.e2e.visiting import PATIENCE_MS, drop, first_number, run_button, run_id, shows_first_numbers
from tests.models import doe_model
from tests.support.browser import Tab, opened
from tests.support.listening import listen

Json = dict[str, Any]
OTHER = "ostrava"
#: The progress that the page shows, and whether it was loaded anew since.
WATCH_PROGRESS = """() => {
  window.progress = new Set();
  const note = () => document.querySelectorAll("#running progress").forEach((bar) => window.progress.add(bar.value));
  new MutationObserver(note).observe(document.querySelector("#place"), { subtree: true, childList: true });
}"""


def test_a_plain_user_gets_results_and_sees_nothing_of_anothers(
    system: System, asking: AskingApi, browser: Browser
) -> None:
    secrets = others(system)
    anna = asking.user("anna")
    with opened(browser, asking.url) as tab:
        heard = listen(tab.page)
        anna.sign_in(tab.page)
        expect(tab.page).to_have_url(f"{asking.url}/new")
        runs_the_sample(anna, tab)
        sample = run_id(tab.page)
        runs_an_own_model(anna, tab)
        system.call("PATCH", f"/api/v1/simulations/{secrets[1]}", json={"hold": False})
        system.running({"id": secrets[1]})
        shown = [tab.page.content(), *cancels_another_run(system, anna, tab)]
        shown += looks_everywhere(anna, tab, sample, secrets)
        assert [url for url in tab.requested if not url.startswith(asking.url)] == []
        assert [said for said in tab.said if "404" not in said and "403" not in said] == []

    # The other's runs were there to be seen all the time.
    assert any(run["status"] == "running" for run in system.runs({"id": secrets[1]}))
    assert len(heard) > 20
    texts = "\n".join([*shown, *heard]).lower()
    assert "anna's second" in texts
    assert sample in texts
    assert [secret for secret in secrets if secret.lower() in texts] == []


def others(system: System) -> list[str]:
    """What another owner has, ended and held: names and ids."""
    ended = system.submit({**SIZING, "name": "Ostrava mill"}, owner=OTHER, names=("ostrava_mill.idf",))
    system.ended(ended)
    busy = system.submit({**ANNUAL, "name": "Ostrava tower"}, copies=200, owner=OTHER, names=("ostrava_tower.idf",))
    # Until the user's own runs have ended, so that they have the machine.
    assert system.call("PATCH", f"/api/v1/simulations/{busy['id']}", json={"hold": True}).status_code == 200
    runs = [*system.runs(ended), *system.runs(busy)]
    return [OTHER, busy["id"], ended["id"], *(run["id"] for run in runs)]


def runs_the_sample(user: User, tab: Tab) -> None:
    """In two clicks."""
    page = tab.page
    page.get_by_role("button", name="Try a sample office").click()
    expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
    run_button(page).click()
    first_number(page).wait_for(timeout=PATIENCE_MS)
    shows_first_numbers(page, user.get(f"/api/v1/runs/{run_id(page)}")["metrics"])


def runs_an_own_model(user: User, tab: Tab) -> None:
    page = tab.page
    model = doe_model("RefBldgSmallOffice")
    page.get_by_role("button", name="Run another model").click()
    drop(page, model.name, model.read_bytes())
    expect(run_button(page)).to_be_enabled(timeout=PATIENCE_MS)
    expect(page.get_by_label("Weather")).to_have_value(CHICAGO.name)
    page.evaluate(WATCH_PROGRESS)
    run_button(page).click()
    # A whole year of a large model, beside whatever else runs here.
    first_number(page).wait_for(timeout=3 * PATIENCE_MS)
    # The document is the one in which the bar began.
    assert len(page.evaluate("[...window.progress]")) > 1
    run = user.get(f"/api/v1/runs/{run_id(page)}")
    shows_first_numbers(page, run["metrics"])
    tab.picture("plain-user-result")

    page.get_by_role("link", name="All results of this run").click()
    expect(page.locator(".chart canvas")).to_be_visible()
    shows_result(page, run["metrics"], user.get("/api/v1/metrics")["items"])
    tab.picture("plain-user-run")


def cancels_another_run(system: System, user: User, tab: Tab) -> list[str]:
    """Of a simulation of the same user; returns what the page showed."""
    simulation = system.submit({**ANNUAL, "name": "Anna's second"}, copies=20, owner="anna")
    last = user.get(f"/api/v1/simulations/{simulation['id']}/runs?limit=200")["items"][-1]
    page = tab.page
    page.goto(f"/runs/{last['id']}")
    page.get_by_role("button", name="Cancel run").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel run").click()
    expect(page.get_by_text("The run was cancelled by anna.")).to_be_visible()
    assert user.get(f"/api/v1/runs/{last['id']}")["status"] == "cancelled"
    return [page.content()]


def looks_everywhere(user: User, tab: Tab, run: str, secrets: list[str]) -> list[str]:
    """Every view, and those of the other's simulation and run by their addresses; returns what they showed."""
    page = tab.page
    simulation = user.get(f"/api/v1/runs/{run}")["simulation_id"]
    shown = []
    for path, text in {
        "/simulations": "Anna's second",
        "/runs": "small_office.idf",
        f"/simulations/{simulation}": "small_office.idf",
        f"/runs/{run}": "Site energy",
        "/workers": "Ready",
        "/queues": "Dead letters",
        "/account": "anna",
        "/audit": "admin",
    }.items():
        page.goto(path)
        expect(page.get_by_text(text).first).to_be_visible()
        shown.append(page.content())
        tab.picture(f"plain-user-{path.split('/')[1]}-{len(shown)}")
    for kind, other in (("simulations", secrets[1]), ("runs", secrets[-1])):
        page.goto(f"/{kind}/{other}")
        expect(page.get_by_text("does not exist")).to_be_visible()
        # The address of the page is what the visitor typed.
        shown.append(page.locator("main").inner_text())
        searched(page)
        shown.append(page.locator("main").inner_text())
    return shown


def searched(page: Page) -> None:
    """A search for the other's names finds nothing."""
    page.goto("/runs")
    page.get_by_label("Search model or message").fill("mill")
    expect(page.get_by_text("Nothing matches").first).to_be_visible()
