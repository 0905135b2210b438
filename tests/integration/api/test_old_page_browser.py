"""A real browser with a page on another port: what it may do with the cookie of the API, and what it may not."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from deploy.local.ports import LOOPBACK
from deploy.local.postgres import PostgresServer
from tests.integration.api.old_installation import LARGEST_BODY, Installation, old_installation
from tests.integration.api.test_browser import ARGUMENTS

#: The old page's calls, in its words; each gives a status, or what the browser says when the page may not know.
CALLS = """async (api) => {
  const headers = {Authorization: 'Bearer django_session'}
  const ask = (path, more) => fetch(api + path, {credentials: 'include', headers, ...more})
    .then((answer) => answer.status, (error) => error.name)
  const json = {...headers, 'Content-Type': 'application/json'}
  const form = (size) => { const it = new FormData(); it.append('idf_files', new Blob(['x'.repeat(size)])); return it }
  const send = (path, body) => ask(path, {method: 'POST', body, headers: {...headers, 'X-CSRFToken': 'of django'}})
  const socket = () => new Promise((resolve) => {
    const opened = new WebSocket(api.replace('http', 'ws') + '/ws/system-resources/')
    opened.onmessage = (message) => resolve(message.data)
    opened.onerror = () => resolve('refused')
  })
  return {
    read: await ask('/api/simulation/results/', {headers: json}),
    unknown: await ask('/api/simulation/nonsense/status/', {headers: json}),
    plain: await fetch(api + '/api/simulation/results/').then((answer) => answer.status, (error) => error.name),
    send: await send('/api/simulation/run/', form(9)),
    large: await send('/api/simulation/run/', form(LARGEST + 1)),
    account: await ask('/account', {headers: {}}),
    socket: await socket(),
  }
}""".replace("LARGEST", str(LARGEST_BODY))


class EmptyPage(BaseHTTPRequestHandler):
    """Serves an empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>page</title>")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def page_server(port: int) -> Iterator[None]:
    with ThreadingHTTPServer((LOOPBACK, port), EmptyPage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def there(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with old_installation(postgres_server, "pages", tmp_path_factory.mktemp("pages")) as running, ExitStack() as stack:
        for port in (running.trusted_port, running.foreign_port):
            stack.enter_context(page_server(port))
        yield running


@pytest.fixture(scope="module")
def signed_in(there: Installation) -> Iterator[Page]:
    """A browser that has signed in on the API's own page."""
    chromium = shutil.which("chromium")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("chromium is not installed; make test installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, "--no-first-run"])
        page = browser.new_page()
        page.goto(f"http://localhost:{there.server.port}/sign-in")
        page.get_by_label("API token").fill(there.workers.calling_as("anna").secret)
        page.get_by_role("button", name="Sign in with the token").click()
        page.get_by_role("button", name="Sign out", exact=True).wait_for()
        yield page
        browser.close()


def calls_from(there: Installation, page: Page, origin: str) -> dict[str, Any]:
    page.goto(origin)
    return dict(page.evaluate(CALLS, f"http://localhost:{there.server.port}"))


def test_a_trusted_page_of_the_same_site_works_with_the_cookie(there: Installation, signed_in: Page) -> None:
    found = calls_from(there, signed_in, there.origin)

    assert found == {
        "read": 200,
        "unknown": 404,
        # `fetch` without options sends no cookie to another origin.
        "plain": 401,
        "send": 400,
        "large": 413,
        "account": "TypeError",
        "socket": '{"message": "connected"}',
    }


def test_a_page_of_another_origin_learns_nothing(there: Installation, signed_in: Page) -> None:
    found = calls_from(there, signed_in, there.foreign_origin)

    assert found.pop("socket") == "refused"
    assert set(found.values()) == {"TypeError"}


def test_a_trusted_page_of_another_site_gets_no_cookie_from_the_browser(there: Installation, signed_in: Page) -> None:
    found = calls_from(there, signed_in, f"http://127.0.0.1:{there.trusted_port}")

    assert found.pop("socket") == "refused"
    assert found.pop("account") == "TypeError"
    assert set(found.values()) == {401}
