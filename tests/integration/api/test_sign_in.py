"""Signing a browser in with a token, what its cookie is worth, and when it is worth nothing more."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import text
from werkzeug.test import TestResponse

from shared.settings import Settings
from tests.integration.api.conftest import Client, running_api

SECRET = "a session secret that must never be seen"
TOKENS = "/api/v1/tokens"


@pytest.fixture
def anna(closed: Client) -> Client:
    return closed.calling_as("anna")


def csrf(client: FlaskClient, path: str) -> str:
    found = re.search(r'csrf[_-]token"\s+(?:value|content)="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, secret: str, **form: str) -> TestResponse:
    return client.post("/sign-in", data={"token": secret, "csrf_token": csrf(client, "/sign-in"), **form})


def signed_in(api: Client) -> FlaskClient:
    client = api.app.test_client()
    assert sign_in(client, api.secret).status_code == 303
    return client


def cookie(client: FlaskClient, name: str = "epsm_session") -> str:
    found = client.get_cookie(name)
    assert found is not None
    return found.value


def test_a_browser_signs_in_with_a_token_and_sees_what_is_the_owners(anna: Client) -> None:
    client = anna.app.test_client()
    assert client.get("/account").headers["Location"] == "/sign-in?next=/account"

    answer = sign_in(client, anna.secret, next="/api/docs")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/docs")
    sent = answer.headers["Set-Cookie"]
    assert "HttpOnly" in sent
    assert "SameSite=Lax" in sent
    assert anna.secret not in sent
    assert "anna" in client.get("/account").text
    assert client.get("/api/v1/simulations").status_code == 200


def test_a_wrong_token_signs_nobody_in(closed: Client) -> None:
    client = closed.app.test_client()

    answer = sign_in(client, "epsm_wrong")

    assert answer.status_code == 403
    assert "epsm_wrong" not in answer.text
    assert client.get("/api/v1/simulations").status_code == 401


def test_signing_out_makes_a_copied_cookie_worthless(anna: Client) -> None:
    client, thief = signed_in(anna), anna.app.test_client()
    thief.set_cookie("epsm_session", cookie(client))
    assert thief.get("/api/v1/simulations").status_code == 200

    assert client.post("/sign-out", data={"csrf_token": csrf(client, "/account")}).status_code == 303

    assert thief.get("/api/v1/simulations").status_code == 401
    assert client.get("/api/v1/simulations").status_code == 401


def test_signing_out_of_all_browsers_ends_the_others_too(anna: Client) -> None:
    first, second = signed_in(anna), signed_in(anna)

    first.post("/sign-out", data={"csrf_token": csrf(first, "/account"), "everywhere": "1"})

    assert second.get("/api/v1/simulations").status_code == 401


def test_a_session_ends_with_the_token_it_began_with(anna: Client) -> None:
    client = signed_in(anna)
    token_id = anna.get(TOKENS).get_json()["items"][0]["id"]

    anna.call("DELETE", f"{TOKENS}/{token_id}")

    assert client.get("/api/v1/simulations").status_code == 401


def test_a_session_ends_by_itself(anna: Client) -> None:
    client = signed_in(anna)

    with anna.database.transaction() as connection:
        connection.execute(text("UPDATE sessions SET expires_at = now()"))

    assert client.get("/api/v1/simulations").status_code == 401


def test_a_session_is_a_new_one_after_signing_in(anna: Client) -> None:
    client = anna.app.test_client()
    planted = csrf(client, "/sign-in")
    before = cookie(client)
    sign_in(client, anna.secret)
    once = cookie(client)
    sign_in(client, anna.secret)

    assert len({before, once, cookie(client)}) == 3
    assert client.post(TOKENS, json={}, headers={"X-CSRFToken": planted}).status_code == 403


def test_a_forged_cookie_is_nobodys(anna: Client) -> None:
    client = signed_in(anna)
    good = cookie(client)

    client.set_cookie("epsm_session", good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB"))

    assert client.get("/api/v1/simulations").status_code == 401


def test_what_changes_something_needs_the_pages_own_word_with_a_session(anna: Client) -> None:
    client = signed_in(anna)
    asked: dict[str, Any] = {"name": "x", "scopes": ["read"]}

    assert client.post(TOKENS, json=asked).status_code == 403
    assert client.post(TOKENS, json=asked, headers={"X-CSRFToken": "wrong"}).status_code == 403
    other = csrf(signed_in(anna), "/account")
    assert client.post(TOKENS, json=asked, headers={"X-CSRFToken": other}).status_code == 403
    assert client.post("/account/tokens", data={"name": "x", "scope": "read"}).status_code == 403
    assert client.post("/sign-out").status_code == 403

    assert client.post(TOKENS, json=asked, headers={"X-CSRFToken": csrf(client, "/api/docs")}).status_code == 201
    # A token is sent by whoever knows it, and by nobody else.
    assert anna.post(TOKENS, json=asked).status_code == 201


def test_signing_in_itself_needs_the_pages_own_word(anna: Client) -> None:
    assert anna.app.test_client().post("/sign-in", data={"token": anna.secret}).status_code == 403


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "", "x"],
)
def test_nobody_is_sent_elsewhere(anna: Client, elsewhere: str) -> None:
    assert sign_in(anna.app.test_client(), anna.secret, next=elsewhere).headers["Location"] == "/account"
    page = anna.client.get(f"/sign-in?next={quote(elsewhere)}").text
    assert 'name="next" value="/account"' in page


def test_a_token_is_made_on_the_account_page_and_shown_once(anna: Client) -> None:
    client = signed_in(anna)
    form = {"csrf_token": csrf(client, "/account"), "name": "notebook", "scope": "read", "expires_in_days": "5"}

    page = client.post("/account/tokens", data=form)

    secret = re.findall(r"epsm_[A-Za-z0-9_-]{43}", page.text)
    assert len(secret) == 1
    assert page.headers["Cache-Control"] == "no-store"
    assert secret[0] not in client.get("/account").text
    bearer = {"Authorization": f"Bearer {secret[0]}"}
    assert anna.app.test_client().get("/api/v1/runs", headers=bearer).status_code == 200

    token_id = next(t["id"] for t in anna.get(TOKENS).get_json()["items"] if t["name"] == "notebook")
    client.post(f"/account/tokens/{token_id}/revoke", data={"csrf_token": form["csrf_token"]})

    assert anna.app.test_client().get("/api/v1/runs", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"expires_in_days": "0"},
        {"expires_in_days": "soon"},
        {"scope": "admin"},
        {"scope": "?"},
        {"owner": "b"},
    ],
)
def test_the_account_page_says_what_is_wrong(anna: Client, bad: dict[str, str]) -> None:
    client = signed_in(anna)
    form = {"csrf_token": csrf(client, "/account"), "name": "x", "scope": "read", **bad}

    page = client.post("/account/tokens", data=form)

    assert page.status_code in (403, 422)
    assert 'class="fault"' in page.text


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/api/docs", "/sign-in/provider/back"])
def test_pages_forbid_what_they_do_not_need(anna: Client, path: str) -> None:
    answer = signed_in(anna).get(path)

    policy = answer.headers["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]+)", policy) or re.search(r"default-src ([^;]+)", policy)
    assert scripts is not None
    assert "unsafe" not in scripts[1]
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", answer.text)
    for name in ("Referrer-Policy", "X-Frame-Options", "Permissions-Policy"):
        assert name in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers


@pytest.fixture
def public(settings: Settings, tmp_path: Path) -> Iterator[Client]:
    told = {"auth": "required", "public_url": "https://epsm.example", "session_secret": SecretStr(SECRET)}
    with running_api(settings.model_copy(update=told), tmp_path) as api:
        yield api


def test_behind_tls_the_cookie_goes_nowhere_else(public: Client) -> None:
    client, secret = public.app.test_client(), public.calling_as("anna").secret
    page = client.get("/sign-in", base_url="https://epsm.example")
    found = re.search(r'csrf_token" value="([^"]+)"', page.text)
    assert found is not None

    answer = client.post("/sign-in", data={"token": secret, "csrf_token": found[1]}, base_url="https://epsm.example")

    sent = answer.headers["Set-Cookie"]
    assert sent.startswith("__Host-epsm_session=")
    document = client.get("/api/openapi.json").get_json()
    assert document["components"]["securitySchemes"]["session"]["name"] == "__Host-epsm_session"
    assert "Secure" in sent
    assert "Path=/" in sent
    assert "Domain" not in sent
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_no_secret_is_told_to_anybody(public: Client, capfd: pytest.CaptureFixture[str]) -> None:
    anna = public.calling_as("anna", "admin")
    planted = f"epsm_{'planted' * 6}"
    client = public.app.test_client()
    seen = [
        client.get("/api/v1/runs", headers={"Authorization": f"Bearer {planted}"}),
        client.post("/sign-in", data={"token": planted}),
        anna.get("/api/v1/nowhere"),
        anna.get("/api/v1/runs?cursor=broken"),
        anna.get(TOKENS),
        anna.get("/api/v1/audit"),
        anna.get("/account"),
        anna.get("/metrics"),
        anna.get("/readyz"),
    ]

    output = capfd.readouterr()
    for secret in (planted, anna.secret, SECRET):
        assert not [answer for answer in seen if secret in answer.text]
        assert secret not in output.out + output.err


def test_with_nobody_asked_pages_say_so_and_forms_are_still_guarded(api: Client) -> None:
    assert "asks nobody" in api.client.get("/sign-in").text
    assert api.client.post("/account/tokens", data={"name": "x", "scope": "read"}).status_code == 403
    form = {"csrf_token": csrf(api.client, "/account"), "name": "x", "scope": "read"}
    assert api.client.post("/account/tokens", data=form).status_code == 200


def test_an_expired_token_signs_nobody_in(closed: Client) -> None:
    late = closed.calling_as("anna", expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert sign_in(late.client, late.secret).status_code == 403
