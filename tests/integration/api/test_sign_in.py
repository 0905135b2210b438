"""Signing in with a token: the session of a browser, its cookie and its end."""

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.integration.api.browsing import TOKENS, csrf, sign_in, signed_in
from tests.integration.api.conftest import Client


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


def test_a_wrong_token_does_not_sign_in(closed: Client) -> None:
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


def test_a_forged_cookie_has_no_session(anna: Client) -> None:
    client = signed_in(anna)
    good = cookie(client)

    client.set_cookie("epsm_session", good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB"))

    assert client.get("/api/v1/simulations").status_code == 401


def test_changes_with_a_session_need_a_csrf_token(anna: Client) -> None:
    client = signed_in(anna)
    asked: dict[str, Any] = {"name": "x", "scopes": ["read"]}

    assert client.post(TOKENS, json=asked).status_code == 403
    assert client.post(TOKENS, json=asked, headers={"X-CSRFToken": "wrong"}).status_code == 403
    other = csrf(signed_in(anna), "/account")
    assert client.post(TOKENS, json=asked, headers={"X-CSRFToken": other}).status_code == 403
    assert client.post("/account/tokens", data={"name": "x", "scope": "read"}).status_code == 403
    assert client.post("/sign-out").status_code == 403

    assert client.post(TOKENS, json=asked, headers={"X-CSRFToken": csrf(client, "/api/docs")}).status_code == 201
    # A token is sent only by a client that knows it, so no CSRF token is needed.
    assert anna.post(TOKENS, json=asked).status_code == 201


def test_signing_in_needs_a_csrf_token(anna: Client) -> None:
    assert anna.app.test_client().post("/sign-in", data={"token": anna.secret}).status_code == 403


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "", "x"],
)
def test_there_is_no_redirect_to_another_site(anna: Client, elsewhere: str) -> None:
    assert sign_in(anna.app.test_client(), anna.secret, next=elsewhere).headers["Location"] == "/"
    page = anna.client.get(f"/sign-in?next={quote(elsewhere)}").text
    assert 'name="next" value="/"' in page
