"""The page of a simulation while the service is away: it says so, carries on, and shows no number that is not so."""

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import SIZING, System
from tests.support.browser import opened

RUNS = 12
#: Notes every count of the header, as it is shown.
WATCH = """() => {
  window.shown = [];
  const counts = () => [...document.querySelectorAll("[data-count]:not([data-count=all])")];
  const note = () => window.shown.push(counts().map((one) => [one.dataset.count, Number(one.textContent)]));
  const changes = { subtree: true, childList: true, characterData: true };
  new MutationObserver(note).observe(document.querySelector("main"), changes);
}"""


def test_the_page_carries_on_after_every_part_was_away(system: System, browser: Browser) -> None:
    stack = system.stack
    with opened(browser, stack.url) as tab:
        simulation = system.submit(SIZING, copies=RUNS)
        tab.page.goto(f"/simulations/{simulation['id']}")
        tab.page.locator("tbody tr").first.wait_for()
        tab.page.evaluate(WATCH)
        stack.rabbitmq.stop()
        expect(tab.page.get_by_text("The queue is away")).to_be_visible(timeout=60_000)
        assert system.simulation(simulation)["ended_at"] is None
        # A tab that comes later shares the stream, which told of the outage before.
        later = tab.page.context.new_page()
        later.goto("/queues")
        expect(later.get_by_text("The queue is away")).to_be_visible()
        later.close()
        stack.api.stop()
        stack.scheduler.stop()
        expect(tab.page.get_by_text("Connection lost")).to_be_visible(timeout=60_000)
        for _ in stack.up():
            pass
        expect(tab.page.get_by_text("Connection lost")).to_be_hidden(timeout=60_000)
        expect(tab.page.locator("main")).to_contain_text("Succeeded", timeout=120_000)
        system.ended(simulation)
        expect(tab.page.locator("[data-count=succeeded]")).to_have_text(str(RUNS), timeout=60_000)
        shown = [dict(counts) for counts in tab.page.evaluate("window.shown")]

    assert shown
    assert {sum(counts.values()) for counts in shown} == {RUNS}
    succeeded = [counts.get("succeeded", 0) for counts in shown]
    assert succeeded == sorted(succeeded)
