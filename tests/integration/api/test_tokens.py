"""Tokens: made, shown once, used, revoked; over HTTP and from the command line."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from api_service.identity import guard
from shared.db.tables import Token
from tests.integration.api.conftest import Client

Json = dict[str, Any]
PATH = "/api/v1/tokens"


@pytest.fixture
def anna(closed: Client) -> Client:
    return closed.calling_as("anna")


def make(api: Client, **asked: Any) -> Json:
    answer = api.post(PATH, json={"name": "study", "scopes": ["submit"], **asked})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.get_json())


def bearer(api: Client, secret: str, path: str = "/api/v1/simulations") -> int:
    return int(api.client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code)


def test_everything_but_open_addresses_needs_a_token(closed: Client) -> None:
    for rule in closed.app.url_map.iter_rules():
        if rule.arguments or rule.endpoint in guard.OPEN:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = closed.client.open(rule.rule, method=method)
            room = rule.endpoint.partition(".")[0]
            # The form of the account page leads back to it, with what was typed.
            if room in guard.PAGES and (method == "GET" or room == "account"):
                assert answer.headers["Location"].startswith("/sign-in?next="), rule.rule
            else:
                assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), rule.rule


def test_what_is_open_needs_none(closed: Client) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/docs/swagger-ui.css", "/sign-in"):
        assert closed.client.get(path, buffered=True).status_code == 200, path


def test_a_secret_is_shown_once_and_nowhere_kept(anna: Client) -> None:
    made = make(anna)

    assert made["token"].startswith("epsm_")
    assert len(made["token"]) > 40
    assert bearer(anna, made["token"]) == 200
    listed = anna.get(PATH)
    assert made["id"] in listed.text
    assert made["token"] not in listed.text
    with anna.database.transaction() as connection:
        for table in ("tokens", "sessions", "audit", "events"):
            rows = connection.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()  # noqa: S608
            assert made["token"] not in str(rows)


def test_unknown_expired_revoked_and_malformed_ones_get_the_same_answer(closed: Client, anna: Client) -> None:
    expired = closed.calling_as("anna", expires_at=datetime.now(UTC) - timedelta(seconds=1)).secret
    revoked = make(anna)
    assert anna.call("DELETE", f"{PATH}/{revoked['id']}").status_code == 204
    given = [
        "Bearer epsm_unknown",
        f"Bearer {expired}",
        f"Bearer {revoked['token']}",
        "Bearer",
        "Basic YTpi",
        "Bearer é",
    ]

    answers = [closed.client.get("/api/v1/runs", headers={"Authorization": value}) for value in given]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].get_json()["status"] == 401


def test_scopes_say_what_a_token_may_do(closed: Client, model: bytes, weather: bytes) -> None:
    reader = closed.calling_as("anna", "read")

    assert reader.get("/api/v1/simulations").status_code == 200
    refused = reader.submit([("a.idf", model)], [("b.epw", weather)])
    assert (refused.status_code, refused.content_type) == (403, "application/problem+json")
    assert 'scope="submit"' in refused.headers["WWW-Authenticate"]
    assert closed.calling_as("anna", "submit").get("/api/v1/audit").status_code == 403
    assert closed.calling_as("root", "admin").get("/api/v1/audit").status_code == 200


def test_a_new_token_has_no_more_scopes_than_its_creator(closed: Client, anna: Client) -> None:
    for asked in ({"scopes": ["admin"]}, {"owner": "bert"}):
        answer = anna.post(PATH, json={"name": "x", "scopes": ["read"], **asked})
        assert answer.status_code == 403, answer.text
    assert make(closed.calling_as("root", "admin"), owner="bert", scopes=["admin"])["owner"] == "bert"


def test_a_token_makes_none_that_outlives_it(closed: Client) -> None:
    end = datetime.now(UTC) + timedelta(days=2)
    short = closed.calling_as("anna", "submit", "tokens", expires_at=end)

    assert datetime.fromisoformat(make(short)["expires_at"]) == end
    answer = short.post(PATH, json={"name": "x", "scopes": ["read"], "expires_in_days": 3})
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "expires_in_days")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"scopes": ["read"]}, "name"),
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "x", "scopes": ["root"]}, "scopes[0]"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["read"], "expires_in_days": 0}, "expires_in_days"),
        ({"name": "x", "scopes": ["read"], "owner": " "}, "owner"),
    ],
)
def test_a_bad_field_is_named(closed: Client, asked: Json, field: str) -> None:
    answer = closed.calling_as("root", "admin").post(PATH, json=asked)

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def test_a_use_is_noted_at_most_once_a_minute(anna: Client) -> None:
    def used() -> datetime | None:
        with anna.database.transaction() as connection:
            return connection.scalar(select(Token.last_used_at))

    assert used() is None
    anna.get("/api/v1/runs")
    first = used()
    assert first is not None
    anna.get("/api/v1/runs")
    assert used() == first

    with anna.database.transaction() as connection:
        connection.execute(update(Token).values(last_used_at=first - timedelta(minutes=2)))
    anna.get("/api/v1/runs")

    assert (used() or first) >= first


def test_the_command_line_makes_the_first_one(closed: Client, database_url: str) -> None:
    made = command(database_url, "create", "--owner", "root", "--scope", "admin", "--expires-days", "3")
    secret = made.stdout.strip()
    assert bearer(closed, secret, "/api/v1/audit") == 200
    assert secret not in made.stderr

    listed = command(database_url, "list").stdout
    token_id = listed.split("\t")[0]
    assert secret not in listed
    assert command(database_url, "revoke", token_id).returncode == 0

    assert bearer(closed, secret, "/api/v1/audit") == 401
    assert command(database_url, "revoke", "00000000-0000-0000-0000-000000000000").returncode == 1
    assert command(database_url, "create", "--owner", " ", "--scope", "read").returncode == 2


def command(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EPSM_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "api_service.tokens", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_document_describes_authentication(closed: Client) -> None:
    document = closed.client.get("/api/openapi.json").get_json()

    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            assert "security" in operation, path
            if operation["security"]:
                assert {"401", "403"} <= operation["responses"].keys(), path
                assert "Needs the scope" in operation["description"], path
    assert document["paths"]["/healthz"]["get"]["security"] == []
    assert "`admin`" in document["paths"]["/api/v1/audit"]["get"]["description"]
    assert "404" in document["paths"]["/api/v1/artifacts/{sha256}"]["get"]["responses"]
