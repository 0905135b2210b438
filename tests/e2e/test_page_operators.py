"""An operator's ten tasks in a real browser, on a whole stack: each in at most three clicks from the first page."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import ANNUAL, OFFICE, SIZING, System
from tests.e2e.operating import ENGINE, Operator, let_all_go_on, put_aside
from tests.support.browser import opened

PATIENCE = 120_000
#: EnergyPlus refuses it, because one of its objects names a zone that does not exist.
FATAL = (
    OFFICE.read_bytes()
    + b"\nSchedule:Constant,Nonsense,NoSuchLimits,1;\nLights,Extra,No Such Zone,Nonsense,LightingLevel,1;\n"
)


@pytest.fixture(autouse=True)
def _nothing_stays_held_back(system: System) -> Iterator[None]:
    yield
    let_all_go_on(system)


def status(system: System, run: dict[str, Any]) -> str:
    return str(system.get(f"/api/v1/runs/{run['id']}")["status"])


def test_each_of_ten_tasks_takes_three_clicks(system: System, browser: Browser) -> None:
    failing = system.submit({**SIZING, "name": "Z"}, model=FATAL, names=("broken.idf",))
    system.ended(failing)
    with opened(browser, system.stack.url) as tab:
        operator = Operator(tab)
        finds_the_worker_of_a_run_and_drains_it(system, operator)
        requeues_a_dead_letter_pauses_learns_why_and_purges(system, operator)
        sees_what_failed_and_what_is_slow_and_retries(system, operator, failing)
        sees_who_did_what(operator)
        assert [url for url in tab.requested if not url.startswith(system.stack.url)] == []
        assert tab.said == []


def finds_the_worker_of_a_run_and_drains_it(system: System, operator: Operator) -> None:
    simulation = system.submit({**ANNUAL, "name": "X"}, names=("searched.idf",))
    run = system.running(simulation)
    operator.begin()
    operator.go("Runs")
    operator.page.get_by_label("Search model or message").fill("searched")
    expect(operator.row("searched.idf")).to_contain_text(run["worker"])
    operator.tab.picture("runs-running")

    operator.begin()
    operator.go("Workers")
    row = operator.row("searched.idf")
    row.get_by_role("link", name="searched.idf").wait_for()
    operator.tab.picture("workers-busy")
    operator.button("Drain", row)
    # Its host may have had other workers.
    process = run["worker"].rsplit("-", 2)[1]
    expect(operator.row(f"process {process},")).to_contain_text("Drain")
    system.until(lambda: not system.get("/api/v1/queues")["items"][0]["consumers"], "the worker takes nothing")
    system.call("POST", f"/api/v1/simulations/{simulation['id']}/cancel")
    # Without a reload: the run goes, and the worker has none left.
    expect(operator.page.get_by_text("Drained", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(operator.page.get_by_role("link", name="searched.idf")).to_have_count(0)


def requeues_a_dead_letter_pauses_learns_why_and_purges(system: System, operator: Operator) -> None:
    simulation = system.submit({**SIZING, "name": "Y"}, names=("waiting.idf",))
    (run,) = system.runs(simulation)
    put_aside(system, run)
    operator.begin()
    operator.go("Queues")
    letters = operator.row(run["id"][:8])
    expect(letters).to_contain_text("no worker could read it")
    operator.tab.picture("queues-dead-letter")
    operator.click(letters.get_by_role("button", name="Requeue"))
    expect(operator.page.get_by_role("status").filter(has_text="1 sent again")).to_be_visible()
    expect(operator.row(run["id"][:8])).to_have_count(0)
    assert status(system, run) == "queued"

    operator.begin()
    operator.go("Queues")
    operator.button("Pause …")
    operator.page.get_by_label("Reason").fill("the store moves")
    operator.answer("Pause")
    expect(operator.page.get_by_text("Reason: the store moves")).to_be_visible()

    operator.begin()
    operator.go("Runs")
    operator.page.get_by_label("Search model or message").fill("waiting.idf")
    operator.button("Why?", operator.row("waiting.idf"))
    expect(operator.page.get_by_role("dialog")).to_contain_text(f"Engine {ENGINE} is paused: the store moves.")
    operator.tab.picture("runs-why")

    operator.begin()
    operator.go("Queues")
    operator.button("Purge …")
    field = operator.page.get_by_label(f"Type {ENGINE} to confirm")
    field.fill("25")
    operator.answer("Cancel all queued runs")
    assert status(system, run) == "queued"
    operator.clicks.pop()
    field.fill(ENGINE)
    operator.answer("Cancel all queued runs")
    expect(operator.page.get_by_text("Cancelled 1 queued runs")).to_be_visible()
    assert status(system, run) == "cancelled"
    operator.begin()
    operator.go("Queues")
    operator.button("Resume", operator.page.get_by_role("region", name=f"EnergyPlus {ENGINE}"))
    expect(operator.page.get_by_text("Open", exact=True)).to_be_visible()

    operator.begin()
    operator.go("Workers")
    operator.button("Resume")
    expect(operator.page.get_by_text("Ready", exact=True)).to_be_visible(timeout=PATIENCE)


def sees_what_failed_and_what_is_slow_and_retries(system: System, operator: Operator, failing: dict[str, Any]) -> None:
    (failed,) = system.runs(failing)
    operator.begin()
    operator.go("Runs")
    operator.ask("Failed in the last hour")
    expect(operator.row("broken.idf")).to_contain_text(failed["error"]["message"])
    assert failed["error"]["message"]
    operator.tab.picture("runs-failed")

    slowest = system.get("/api/v1/runs?sort=-seconds")["items"]
    operator.begin()
    operator.go("Runs")
    operator.ask("Slowest")
    shown = operator.page.locator("td.named a.clamped")
    expect(shown.first).to_have_attribute("href", f"/runs/{slowest[0]['id']}")
    assert [link.get_attribute("href") for link in shown.all()] == [f"/runs/{run['id']}" for run in slowest]

    operator.begin()
    operator.click(
        operator.page.get_by_role("row")
        .filter(has=operator.page.get_by_text("Z", exact=True))
        .first.get_by_role("checkbox")
    )
    operator.button("Retry failed runs")
    operator.answer("Retry")
    expect(operator.page.get_by_text("Retrying 1 simulation")).to_be_visible()
    assert system.ended(failing)["round"] == 2


def sees_who_did_what(operator: Operator) -> None:
    operator.begin()
    operator.go("Audit")
    expect(operator.row("Purged a queue")).to_contain_text("local")
    operator.tab.picture("audit-tasks")
    operator.page.get_by_label("Action").select_option(label="Drained a worker")
    expect(operator.row("Drained a worker")).to_be_visible()
    expect(operator.row("Purged a queue")).to_have_count(0)
