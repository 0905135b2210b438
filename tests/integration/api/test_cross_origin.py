"""Pages of trusted origins may call the API with the user's cookie; pages of other origins may not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from api_service.http import cross_origin
from api_service.http.socket import HANDSHAKE
from deploy.local.postgres import PostgresServer
from shared.settings import Settings
from tests.integration.api.browsing import TOKENS, csrf, signed_in
from tests.integration.api.conftest import Client, running_api
from tests.servers import TEMPLATE

PAGE, OTHER = "http://page.example:5173", "https://evil.example"
#: Where browsers reach the API, through a proxy that leaves the port out of the host.
PUBLIC = "http://front.example:8080"
#: Without the scheme, another port, another scheme, a longer name, a list, the origin of a file.
FOREIGN = [OTHER, "page.example:5173", "http://page.example", "https://page.example:5173", f"{PAGE}.evil.example"]
FOREIGN += [f"{PAGE}, {OTHER}", "null", ""]
RUN, LIST = "/api/simulation/run/", "/api/simulation/results/"
PATHS = [RUN, LIST, "/api/parse/idf/", "/api/v1/simulations"]
OLD_HEADERS = {"Authorization": "Bearer django_session", "X-CSRFToken": "of django"}


@contextmanager
def trusting(postgres: PostgresServer, directory: Path, auth: Literal["required", "off"]) -> Iterator[Client]:
    postgres.create_database(name := f"origins_{auth}", template=TEMPLATE)
    settings = Settings(
        database_url=SecretStr(postgres.url(name)),
        storage_url=(directory / "storage").as_uri(),
        scratch_directory=directory / "scratch",
        auth=auth,
        trusted_origins=(PAGE,),
        public_url=f"{PUBLIC}/",
    )
    with running_api(settings, directory) as running:
        yield running


@pytest.fixture(scope="module")
def api(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with trusting(postgres_server, tmp_path_factory.mktemp("guarded"), "required") as running:
        yield running


@pytest.fixture(scope="module")
def unguarded(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with trusting(postgres_server, tmp_path_factory.mktemp("unguarded"), "off") as running:
        yield running


@pytest.fixture
def browser(api: Client) -> FlaskClient:
    return signed_in(api.calling_as("anna"))


def preflight(client: FlaskClient, path: str, origin: str) -> TestResponse:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-csrftoken"}
    return client.options(path, headers={"Origin": origin, **asked})


def cors(answer: TestResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers if name.startswith("Access-Control-")}


def assert_readable(answer: TestResponse) -> None:
    assert cors(answer) == {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": cross_origin.EXPOSED,
    }
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_of_a_trusted_origin_passes_without_credentials(api: Client, path: str) -> None:
    answer = preflight(api.app.test_client(), path, PAGE)

    assert (answer.status_code, answer.data) == (204, b"")
    assert cors(answer) == {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PATCH, DELETE",
        "Access-Control-Allow-Headers": cross_origin.HEADERS,
        "Access-Control-Expose-Headers": cross_origin.EXPOSED,
        "Access-Control-Max-Age": "600",
    }
    assert {"Authorization", "Content-Type", "X-CSRFToken"} <= set(cross_origin.HEADERS.split(", "))
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_preflight_of_another_origin_fails(api: Client, origin: str) -> None:
    answer = preflight(api.app.test_client(), RUN, origin)

    assert (answer.status_code, cors(answer)) == (403, {})
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/account", "/sign-in", "/api/docs", "/api/openapi.json", "/healthz"])
def test_pages_of_the_service_are_read_by_no_other_page(api: Client, browser: FlaskClient, path: str) -> None:
    assert (preflight(browser, path, PAGE).status_code, cors(preflight(browser, path, PAGE))) == (403, {})
    assert cors(browser.get(path, headers={"Origin": PAGE})) == {}


def test_without_the_setting_no_page_of_another_origin_passes(closed: Client) -> None:
    browser = signed_in(closed.calling_as("anna"))

    assert preflight(browser, RUN, PAGE).status_code == 403
    read = browser.get(LIST, headers={"Origin": PAGE})
    assert (read.status_code, cors(read)) == (403, {})
    sent = browser.post(RUN, headers={"Origin": PAGE, **OLD_HEADERS})
    assert (sent.status_code, cors(sent)) == (403, {})
    assert browser.get(LIST).status_code == 200


@pytest.mark.parametrize("path", [LIST, "/api/v1/simulations"])
def test_a_trusted_page_reads_with_the_cookie(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path, headers={"Origin": PAGE, **OLD_HEADERS})

    assert answer.status_code == 200
    assert_readable(answer)
    # A cache must not give this answer to a page of another origin.
    assert "Origin" in browser.get(path).headers["Vary"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_origin_reads_nothing_with_the_cookie(browser: FlaskClient, origin: str) -> None:
    answer = browser.get(LIST, headers={"Origin": origin})

    assert (answer.status_code, cors(answer)) == (403, {})


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", LIST, {}, 401),
        ("GET", f"{LIST}?limit=0", OLD_HEADERS, 400),
        ("GET", "/api/simulation/unknown/status/", OLD_HEADERS, 404),
        ("PUT", LIST, OLD_HEADERS, 405),
        ("POST", RUN, OLD_HEADERS, 400),
    ],
)
def test_a_trusted_page_can_read_why_it_is_refused(
    api: Client, browser: FlaskClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    client = browser if headers else api.app.test_client()

    answer = client.open(path, method=method, headers={"Origin": PAGE, **headers})

    assert answer.status_code == status
    assert_readable(answer)


@pytest.mark.parametrize("path", [RUN, "/api/parse/idf/"])
def test_at_the_old_page_s_addresses_a_trusted_origin_stands_for_the_csrf_token(
    browser: FlaskClient, path: str
) -> None:
    def status(**headers: str) -> int:
        return browser.post(path, headers={**OLD_HEADERS, **headers}).status_code

    token = csrf(browser, "/account")
    # 400: there are no files.
    assert status(Origin=PAGE) == 400
    assert [status(Origin=origin) for origin in FOREIGN] == [403] * len(FOREIGN)
    assert status() == 403
    assert browser.post(path, headers={"X-CSRFToken": token}).status_code == 403
    # Pages of the service itself have a token.
    assert status(Origin="http://localhost") == 403
    assert status(Origin="http://localhost", **{"X-CSRFToken": token}) == 400


def test_elsewhere_a_trusted_origin_needs_the_csrf_token(browser: FlaskClient) -> None:
    asked: dict[str, Any] = {"name": "x", "scopes": ["read"]}

    assert browser.post(TOKENS, json=asked, headers={"Origin": PAGE}).status_code == 403
    assert (
        browser.post("/account/tokens", data={"name": "x", "scope": "read"}, headers={"Origin": PAGE}).status_code
        == 403
    )


@pytest.mark.parametrize("token", ["django_session", "saml_session"])
def test_a_placeholder_is_ignored_beside_a_cookie_and_proves_nothing_alone(
    api: Client, browser: FlaskClient, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    assert browser.get(LIST, headers=headers).status_code == 200
    assert browser.get(LIST, headers={"Authorization": "Bearer wrong"}).status_code == 401
    # The page polls on without a session; that must not refuse the sign-in of others at its address.
    alone = [api.app.test_client().get(LIST, headers=headers).status_code for _ in range(70)]
    assert set(alone) == {401}


def test_programs_with_a_token_need_no_origin(api: Client) -> None:
    anna = api.calling_as("anna")

    assert anna.post(RUN).status_code == 400
    assert anna.post(RUN, headers={"Origin": OTHER}).status_code == 400


@pytest.mark.parametrize("origin", [PAGE, "http://localhost", None, *FOREIGN])
def test_without_sign_in_trusted_pages_and_programs_open_a_web_socket(unguarded: Client, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}

    answer = unguarded.get("/ws/system-resources/", headers=headers, environ_overrides={HANDSHAKE: True})

    assert answer.status_code == (403 if origin in FOREIGN else 101)


def test_without_sign_in_a_trusted_page_may_change_something(unguarded: Client) -> None:
    def status(path: str = RUN, **headers: str) -> int:
        return unguarded.post(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        ).status_code

    assert status(Origin=PAGE, Sec_Fetch_Site="cross-site") == 400
    assert status("/api/v1/simulations", Origin=PAGE) == 415
    assert [status(Origin=origin) for origin in FOREIGN] == [403] * len(FOREIGN)
    assert status(Sec_Fetch_Site="cross-site") == 403
    # A proxy of the page gives the page's own name to the API.
    assert status(Origin=PAGE, Host="page.example") == 400
    assert status(Origin=PUBLIC, Host="front.example") == 400
    assert status(Origin=OTHER, Host="evil.example") == 403
