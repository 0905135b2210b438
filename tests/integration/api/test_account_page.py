"""The account page, the headers of pages, and cookies behind TLS."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.settings import Settings
from tests.integration.api.browsing import TOKENS, csrf, sign_in, signed_in
from tests.integration.api.conftest import Client, running_api

SECRET = "a session secret that must never be seen"


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
def test_the_account_page_shows_errors(anna: Client, bad: dict[str, str]) -> None:
    client = signed_in(anna)
    form = {"csrf_token": csrf(client, "/account"), "name": "x", "scope": "read", **bad}

    page = client.post("/account/tokens", data=form)

    assert page.status_code in (403, 422)
    assert 'class="fault"' in page.text


def test_only_admins_see_the_audit_log(anna: Client) -> None:
    assert signed_in(anna).get("/audit").status_code == 403
    assert signed_in(anna.calling_as("root", "admin")).get("/audit").status_code == 200


@pytest.mark.parametrize(
    "path", ["/sign-in", "/account", "/simulations", "/queues", "/api/docs", "/sign-in/provider/back"]
)
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
    changes = {"auth": "required", "public_url": "https://epsm.example", "session_secret": SecretStr(SECRET)}
    with running_api(settings.model_copy(update=changes), tmp_path) as api:
        yield api


def test_behind_tls_the_cookie_is_secure(public: Client) -> None:
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


def test_no_secret_is_shown(public: Client, capfd: pytest.CaptureFixture[str]) -> None:
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


def test_without_authentication_pages_say_so_and_forms_need_a_csrf_token(api: Client) -> None:
    assert "asks nobody" in api.client.get("/sign-in").text
    assert api.client.post("/account/tokens", data={"name": "x", "scope": "read"}).status_code == 403
    form = {"csrf_token": csrf(api.client, "/account"), "name": "x", "scope": "read"}
    assert api.client.post("/account/tokens", data=form).status_code == 200


def test_an_expired_token_does_not_sign_in(closed: Client) -> None:
    late = closed.calling_as("anna", expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert sign_in(late.client, late.secret).status_code == 403


def test_the_account_page_says_what_the_owner_has_and_may_have(anna: Client, model: bytes, weather: bytes) -> None:
    assert anna.submit([("a.idf", model)], [("c.epw", weather)]).status_code == 201
    size = len(model) + len(weather)

    page = re.sub(r"<[^>]+>", "", signed_in(anna).get("/account").text)

    assert "Queued runs1 of at most 500\u202f000" in page
    assert "Running runs0, no limit" in page
    assert f"Stored{size / 1e6:.1f} MB of at most 1.1 TB" in page
    assert "Requests6000 per minute" in page
    other = re.sub(r"<[^>]+>", "", signed_in(anna.calling_as("bob")).get("/account").text)
    assert "Queued runs0 of at most" in other
    assert "Stored0 B of at most" in other
