"""An operator's ten tasks in a real browser, on a whole stack: each in at most three clicks from the first page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pika
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from shared.broker.queues import runs_queue
from tests.e2e.conftest import ANNUAL, OFFICE, SIZING, System
from tests.support.browser import NARROW, THEMES, WIDE, Tab, opened, running_chromium

ENGINE = "25.2.0"
QUEUE = runs_queue(ENGINE, "classic")
MOST_CLICKS = 3
PATIENCE = 120_000
HOSTILE = "<img src=x onerror=\"document.title='owned'\">" + "w" * 120
#: EnergyPlus refuses it, because one of its objects names a zone that does not exist.
FATAL = (
    OFFICE.read_bytes()
    + b"\nSchedule:Constant,Nonsense,NoSuchLimits,1;\nLights,Extra,No Such Zone,Nonsense,LightingLevel,1;\n"
)


@dataclass
class Operator:
    """Somebody in front of the page; `clicks` counts since the task was begun at the first page."""

    page: Page
    clicks: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Begins a task."""
        self.page.goto("/")
        self.clicks.clear()

    def click(self, target: Locator) -> None:
        """Clicks, as the third one at most."""
        self.clicks.append(str(target))
        assert len(self.clicks) <= MOST_CLICKS
        target.click()

    def go(self, view: str) -> None:
        """Follows a link of the navigation."""
        self.click(self.page.get_by_role("navigation", name="Main").get_by_role("link", name=view, exact=True))

    def ask(self, question: str) -> None:
        """Follows one of the common questions of the list of runs."""
        self.click(self.page.get_by_role("navigation", name="Common questions").get_by_role("link", name=question))

    def button(self, name: str, within: Locator | None = None) -> None:
        self.click((within or self.page.locator("main")).get_by_role("button", name=name))

    def answer(self, name: str) -> None:
        self.click(self.page.get_by_role("dialog").get_by_role("button", name=name))

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text).first


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(autouse=True)
def _nothing_stays_held_back(system: System) -> Iterator[None]:
    yield
    system.call("POST", "/api/v1/fleet/resume")
    for worker in system.get("/api/v1/workers")["items"]:
        if worker["drain_requested_at"] is not None:
            system.call("POST", f"/api/v1/workers/{worker['id']}/resume")


def put_aside(system: System, run: dict[str, Any]) -> None:
    """Rejects the message of a run in place of a worker, so that RabbitMQ puts it aside."""
    with pika.BlockingConnection(pika.URLParameters(system.stack.rabbitmq.url())) as connection:
        channel = connection.channel()
        method = body = None

        def taken() -> bool:
            nonlocal method, body
            method, _, body = channel.basic_get(QUEUE)
            return method is not None

        system.until(taken, "the message is there")
        assert run["id"].encode() in bytes(body or b"")
        assert method is not None
        channel.basic_reject(method.delivery_tag, requeue=False)
    system.until(lambda: bool(system.get(f"/api/v1/queues/{ENGINE}/dead-letters")["items"]), "the letter is there")


def status(system: System, run: dict[str, Any]) -> str:
    return str(system.get(f"/api/v1/runs/{run['id']}")["status"])


def test_each_of_ten_tasks_takes_three_clicks(system: System, browser: Browser) -> None:
    failing = system.submit({**SIZING, "name": "Z"}, model=FATAL, names=("broken.idf",))
    system.ended(failing)
    with opened(browser, system.stack.url) as tab:
        operator = Operator(tab.page)
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

    operator.begin()
    operator.go("Workers")
    row = operator.row("searched.idf")
    operator.button("Drain", row)
    expect(operator.row(run["worker"].rsplit("-", 2)[0])).to_contain_text("Drain")
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
    operator.page.get_by_label("Action").select_option(label="Drained a worker")
    expect(operator.row("Drained a worker")).to_be_visible()
    expect(operator.row("Purged a queue")).to_have_count(0)


@pytest.mark.parametrize("theme", THEMES)
def test_the_views_are_usable_in_every_width_and_theme(system: System, browser: Browser, theme: str) -> None:
    system.call("POST", "/api/v1/fleet/pause", json={"engine": ENGINE, "reason": HOSTILE})
    system.submit({**SIZING, "name": "Waits"}, names=(f"{HOSTILE.replace('/', '')}.idf",))
    for width in (WIDE, NARROW):
        with opened(browser, system.stack.url, theme=theme, width=width) as tab:
            for view in ("runs", "workers", "queues", "audit"):
                examine(tab, view, f"{view}-{theme}-{width}")
            tab.page.goto("/queues")
            tab.page.get_by_role("button", name="Purge …").click()
            tab.picture(f"purge-{theme}-{width}")
            assert tab.violations() == []


def examine(tab: Tab, view: str, name: str) -> None:
    """Opens a view with rows, keeps a picture, and looks for what is wrong with it."""
    tab.page.goto(f"/{view}")
    if view == "queues":
        expect(tab.page.get_by_text(HOSTILE).first).to_be_visible()
    else:
        tab.page.get_by_role("row").nth(1).wait_for()
    tab.picture(name)
    assert tab.page.locator("main img").count() == 0
    assert "owned" not in tab.page.title()
    assert tab.violations() == []
    assert not tab.scrolls_sideways()
    assert tab.said == []
