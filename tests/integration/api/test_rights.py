"""Rights that depend on what is asked for, names that deceive, and answers that no cache may keep."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api_service.identity import audit
from tests.integration.api.browsing import TOKENS
from tests.integration.api.conftest import Client

AUDIT = "/api/v1/audit"


def submit(api: Client, model: bytes, weather: bytes, **spec: Any) -> TestResponse:
    return api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec)


def test_urgent_needs_a_grant_everywhere(closed: Client, anna: Client, model: bytes, weather: bytes) -> None:
    simulation = submit(anna, model, weather).get_json()["id"]
    old = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)]}
    before = anna.count_rows()

    refused = [
        submit(anna, model, weather, priority="urgent"),
        anna.submit([("a.idf", model)], [], spec={"priority": "urgent"}, query_string={"dry_run": "true"}),
        anna.call("PATCH", f"/api/v1/simulations/{simulation}", json={"priority": "urgent"}),
        anna.form("/api/simulation/run/", old, {"priority": "urgent"}),
    ]

    assert [answer.status_code for answer in refused] == [403] * 4
    assert "urgent" in refused[0].get_json()["detail"]
    assert anna.count_rows() == before
    granted = closed.calling_as("anna", "urgent")
    assert submit(granted, model, weather, priority="urgent").status_code == 201
    root = closed.calling_as("root", "admin")
    assert root.call("PATCH", f"/api/v1/simulations/{simulation}", json={"priority": "urgent"}).status_code == 200
    # What somebody else has granted may be taken back.
    assert anna.call("PATCH", f"/api/v1/simulations/{simulation}", json={"priority": "low"}).status_code == 200


def test_who_is_refused_again_and_again_hides_nobody_else(closed: Client) -> None:
    def refusals() -> list[dict[str, Any]]:
        answer = closed.calling_as("root", "admin").get(f"{AUDIT}?limit=200&action=request.refused")
        return list(answer.get_json()["items"])

    loud, quiet = closed.calling_as("loud", "read"), closed.calling_as("quiet", "read")
    for _ in range(audit.REFUSALS_OF_CLIENT + 2):
        loud.get(AUDIT)

    quiet.get(AUDIT)

    assert [entry["detail"].get("omitted") for entry in refusals() if entry["owner"] == "loud"][:2] == [2, None]
    assert [entry["owner"] for entry in refusals()].count("quiet") == 1


@pytest.mark.parametrize("name", ["a\u202egpj.exe", "\u2067a", "line\u2028break"])
def test_a_name_that_shows_as_another_one_is_refused(
    closed: Client, anna: Client, model: bytes, weather: bytes, name: str
) -> None:
    answers = [
        submit(anna, model, weather, name=name),
        anna.post(TOKENS, json={"name": name, "scopes": ["read"]}),
        closed.calling_as("root", "admin").post(TOKENS, json={"name": "x", "scopes": ["read"], "owner": name}),
        anna.submit([(f"{name}.idf", model)], [("b.epw", weather)]),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4


def test_names_in_any_script_are_accepted(anna: Client, model: bytes, weather: bytes) -> None:
    for name in ("مبنى المكاتب", "事務所", "Büro №1", "בניין\u200f 7"):
        assert submit(anna, model, weather, name=name).get_json()["name"] == name


def test_no_cache_keeps_what_depends_on_who_asks(closed: Client, anna: Client) -> None:
    nobody: FlaskClient = closed.app.test_client()
    answers = [
        anna.get("/api/v1/simulations"),
        anna.get("/api/v1/runs/00000000-0000-0000-0000-000000000000"),
        anna.get("/api/simulation/history/"),
        nobody.get("/api/v1/simulations"),
    ]

    assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}
