"""A real browser signs in, makes a token and tries a call on the API's documentation page."""

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect, sync_playwright
from werkzeug.serving import make_server

from deploy.local.ports import LOOPBACK
from tests.integration.api.browsing import signed_in
from tests.integration.api.conftest import Client

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def address(closed: Client) -> Iterator[str]:
    server = make_server(LOOPBACK, 0, closed.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page() -> Iterator[Page]:
    chromium = shutil.which("chromium")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("chromium is not installed; make test installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, "--no-first-run"])
        yield browser.new_page()
        browser.close()


def test_a_user_signs_in_tries_a_call_and_signs_out(closed: Client, address: str, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"{address}/api/docs")
    page.get_by_label("API token").fill(closed.calling_as("anna").secret)
    page.get_by_role("button", name="Sign in with the token").click()
    page.get_by_text("Create a token; its secret is only in this response").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="201").wait_for()
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Revoke nightly study").click()
    page.get_by_label("Name").fill("from a browser")
    page.get_by_role("button", name="Create").click()
    secret = page.get_by_label("The new token from a browser").input_value()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("API token").wait_for()

    assert page.goto(f"{address}/account") is not None
    assert "/sign-in" in page.url
    answer = closed.app.test_client().get("/api/v1/runs", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert said == []


def test_a_session_that_ends_keeps_the_files_and_the_form(
    closed: Client, address: str, page: Page, model: bytes
) -> None:
    secret = closed.calling_as("anna").secret
    page.goto(f"{address}/new")
    page.get_by_label("API token").fill(secret)
    page.get_by_role("button", name="Sign in with the token").click()
    page.wait_for_load_state()
    page.set_input_files("#files", [FilePayload(name="office.idf", mimeType="", buffer=model)])
    page.get_by_label("Name", exact=True).fill("Typed before")
    page.get_by_text("A full year", exact=True).click()
    page.get_by_text("whatever period the model has").wait_for()

    page.context.clear_cookies()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_label("API token").fill(secret)
    page.get_by_role("button", name="Sign in with the token").click()

    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed before")
    expect(page.get_by_role("radio", name="A full year")).to_be_checked()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("heading", name="Typed before").wait_for()
    (simulation,) = closed.calling_as("anna").get("/api/v1/simulations").get_json()["items"]
    assert simulation["name"] == "Typed before"


def test_a_session_that_ends_keeps_what_was_typed_for_a_token(closed: Client, address: str, page: Page) -> None:
    secret = closed.calling_as("anna").secret
    page.goto(f"{address}/account")
    page.get_by_label("API token").fill(secret)
    page.get_by_role("button", name="Sign in with the token").click()
    page.get_by_label("Name").fill("Typed before")
    page.get_by_role("checkbox", name="submit").uncheck()
    page.get_by_role("checkbox", name="read").check()
    page.context.clear_cookies()
    page.get_by_role("button", name="Create").click()
    page.get_by_label("API token").fill(secret)
    page.get_by_role("button", name="Sign in with the token").click()

    expect(page.get_by_label("Name")).to_have_value("Typed before")
    expect(page.get_by_role("checkbox", name="read")).to_be_checked()
    expect(page.get_by_role("checkbox", name="submit")).not_to_be_checked()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_label("The new token Typed before")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("")


def test_the_first_page_is_the_first_visit_until_there_are_simulations(
    closed: Client, model: bytes, weather: bytes
) -> None:
    anna, reader = closed.calling_as("anna"), closed.calling_as("bob", "read")
    assert signed_in(anna).get("/").headers["Location"] == "/new"
    assert signed_in(reader).get("/").headers["Location"] == "/simulations"
    assert signed_in(reader).get("/new").status_code == 403
    assert closed.app.test_client().get("/").headers["Location"].startswith("/sign-in")

    assert anna.submit([("a.idf", model)], [("c.epw", weather)]).status_code == 201

    assert signed_in(anna).get("/").headers["Location"] == "/simulations"
    # What others have does not count.
    assert signed_in(closed.calling_as("carl")).get("/").headers["Location"] == "/new"
