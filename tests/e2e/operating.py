"""An operator in front of the page, and messages that RabbitMQ puts aside."""

from dataclasses import dataclass, field
from typing import Any

import pika
from playwright.sync_api import Locator, Page

from shared.broker.queues import dead_letter_queue, runs_queue
from tests.e2e.conftest import System
from tests.support.browser import Tab

ENGINE = "25.2.0"
QUEUE = runs_queue(ENGINE, "classic")
DEAD = dead_letter_queue(QUEUE)
MOST_CLICKS = 3


@dataclass
class Operator:
    """Somebody in front of the page; `clicks` counts since the task was begun at the first page."""

    tab: Tab
    clicks: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.tab.page

    def begin(self) -> None:
        """Begins a task."""
        self.page.goto("/", wait_until="commit")
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


def put_unreadable_aside(system: System, text: str) -> None:
    """Sends a message that names no run to where RabbitMQ puts dead letters."""
    with pika.BlockingConnection(pika.URLParameters(system.stack.rabbitmq.url())) as connection:
        connection.channel().basic_publish("", DEAD, text.encode())


def let_all_go_on(system: System) -> None:
    """Ends every pause and every draining, and deletes all dead letters."""
    with pika.BlockingConnection(pika.URLParameters(system.stack.rabbitmq.url())) as connection:
        connection.channel().queue_purge(DEAD)
    system.call("POST", "/api/v1/fleet/resume")
    for worker in system.get("/api/v1/workers")["items"]:
        if worker["drain_requested_at"] is not None:
            system.call("POST", f"/api/v1/workers/{worker['id']}/resume")
