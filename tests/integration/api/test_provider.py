"""Sign-in with a real OpenID Connect provider, and its faults and attacks."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import pytest
import requests
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from shared.settings import Settings
from tests.integration.api.conftest import Client, running_api
from tests.issuer import Middle, in_the_middle, running_issuer

CLIENT_SECRET = "planted-client-secret"
PEOPLE = [{"sub": "anna", "groups": ["modellers"]}, {"sub": "root", "groups": ["modellers", "epsm-admins"]}]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running_issuer(PEOPLE) as address:
        yield address


@pytest.fixture
def middle(issuer: str) -> Iterator[Middle]:
    with in_the_middle(issuer) as middle:
        yield middle


@pytest.fixture
def api(settings: Settings, tmp_path: Path, middle: Middle) -> Iterator[Client]:
    changes = {
        "auth": "required",
        "public_url": "http://localhost",
        "oidc_issuer": middle.address,
        "oidc_client_id": "epsm",
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
        "oidc_admin_group": "epsm-admins",
    }
    with running_api(settings.model_copy(update=changes), tmp_path) as api:
        yield api


def leave(client: FlaskClient, wanted: str = "/api/docs") -> str:
    """Starts a sign-in; returns the address at the provider."""
    answer = client.get(f"/sign-in/provider?next={wanted}")
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def consent(address: str, who: str) -> str:
    """Answers the provider's form as a user; returns the address to which the provider redirects."""
    answer = requests.post(address, data={"sub": who}, allow_redirects=False, timeout=60)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_back(client: FlaskClient, address: str) -> TestResponse:
    place = urlsplit(address)
    assert place.path == "/sign-in/provider/back"
    return client.get(f"{place.path}?{place.query}")


def asked(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def swapped(address: str, name: str, value: str) -> str:
    place = urlsplit(address)
    query = "&".join(f"{key}={quote(v, safe='')}" for key, v in {**asked(address), name: value}.items())
    return urlunsplit(place._replace(query=query))


def refused(client: FlaskClient, answer: TestResponse) -> None:
    assert answer.status_code == 403
    assert "did not work" in answer.text
    assert client.get("/api/v1/runs").status_code == 401


def test_a_user_signs_in_and_returns_to_the_wanted_page(api: Client) -> None:
    client = api.app.test_client()
    assert "organisation" in client.get("/sign-in").text
    away = leave(client)
    assert asked(away)["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= asked(away).keys()

    answer = come_back(client, consent(away, "anna"))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/docs")
    assert "anna" in client.get("/account").text
    assert client.get("/api/v1/runs").status_code == 200
    assert client.get("/api/v1/audit").status_code == 403


def test_members_of_the_group_are_admins(api: Client) -> None:
    client = api.app.test_client()

    come_back(client, consent(leave(client), "root"))

    assert client.get("/api/v1/audit").status_code == 200
    actions = [entry["action"] for entry in client.get("/api/v1/audit").get_json()["items"]]
    assert actions == ["session.begun"]


def test_there_is_no_redirect_to_another_site(api: Client) -> None:
    client = api.app.test_client()

    answer = come_back(client, consent(leave(client, "//evil.example"), "anna"))

    assert answer.headers["Location"] == "/"


def test_the_redirect_back_works_once_and_only_in_the_browser_that_left(api: Client) -> None:
    client, other = api.app.test_client(), api.app.test_client()
    back = consent(leave(client), "anna")

    refused(other, come_back(other, back))
    refused(client, come_back(client, swapped(back, "state", "wrong")))
    assert come_back(client, consent(leave(client), "anna")).status_code == 303
    assert come_back(client, back).status_code == 403


def test_an_id_token_for_another_nonce_is_refused(api: Client) -> None:
    client = api.app.test_client()

    refused(client, come_back(client, consent(swapped(leave(client), "nonce", "another"), "anna")))


def test_a_code_without_its_verifier_is_refused_or_useless(api: Client) -> None:
    client = api.app.test_client()

    refused(client, come_back(client, swapped(consent(leave(client), "anna"), "code", "guessed")))


def other_subject(token: str) -> str:
    header, claims, signature = token.split(".")
    return ".".join((header, _encoded({**_decoded(claims), "sub": "root", "groups": ["epsm-admins"]}), signature))


def unsigned(token: str) -> str:
    _, claims, _ = token.split(".")
    return f"{_encoded({'alg': 'none'})}.{claims}."


def no_signature(token: str) -> str:
    return token.rpartition(".")[0] + "."


@pytest.mark.parametrize("change", [other_subject, unsigned, no_signature, lambda _: "nonsense"])
def test_a_tampered_id_token_is_refused(api: Client, middle: Middle, change: Any) -> None:
    client, middle.change = api.app.test_client(), change

    refused(client, come_back(client, consent(leave(client), "anna")))


def test_a_refusal_by_the_provider_is_shown(api: Client) -> None:
    client = api.app.test_client()
    state = asked(leave(client))["state"]

    answer = client.get(f"/sign-in/provider/back?error=access_denied&error_description=<b>planted</b>&state={state}")

    refused(client, answer)
    assert "planted" not in answer.text


def test_a_provider_that_is_away_is_a_503(settings: Settings, tmp_path: Path) -> None:
    changes = {"auth": "required", "public_url": "http://localhost", "oidc_issuer": "http://127.0.0.1:9"}
    changes |= {"oidc_client_id": "epsm", "oidc_client_secret": SecretStr(CLIENT_SECRET)}  # type: ignore[dict-item]
    with running_api(settings.model_copy(update=changes), tmp_path) as api:
        answer = api.client.get("/sign-in/provider")

        assert answer.status_code == 503
        assert "text/html" in answer.content_type


def test_the_client_secret_is_sent_to_the_provider_only(api: Client, capfd: pytest.CaptureFixture[str]) -> None:
    client = api.app.test_client()
    away = leave(client)
    client.get("/sign-in/provider/back?code=x&state=y")
    come_back(client, consent(away, "anna"))

    assert CLIENT_SECRET not in away
    output = capfd.readouterr()
    assert CLIENT_SECRET not in output.out + output.err + client.get("/account").text


def _decoded(part: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _encoded(claims: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
