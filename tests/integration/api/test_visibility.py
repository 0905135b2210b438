"""Authorization: objects of other owners answer 404, and no other response reveals them."""

import hashlib
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from api_service.identity import guard
from api_service.identity.scope import Scope
from tests.integration.api.conftest import Client

Json = dict[str, Any]
#: Random in every page.
CSRF_TOKEN = re.compile(r'(?<=name="csrf-token" content=")[^"]+')
NOWHERE = {"simulation_id": str(uuid4()), "run_id": str(uuid4()), "token_id": str(uuid4()), "sha256": "0" * 64}
NOWHERE |= {"task_id": NOWHERE["simulation_id"], "name": "nothing.txt", "worker_id": "unknown", "engine": "9.9.9"}


@pytest.fixture
def mine(closed: Client) -> Client:
    return closed.calling_as("anna")


@pytest.fixture
def bert(closed: Client) -> Client:
    return closed.calling_as("bert")


@pytest.fixture
def simulation(mine: Client, model: bytes, weather: bytes) -> Json:
    answer = mine.submit([("anna.idf", model)], [("anna.epw", weather)])
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def things(mine: Client, simulation: Json) -> dict[str, str]:
    """One existing object for every kind of path parameter."""
    run = mine.runs(simulation["id"])[0]
    mine.succeed(run, {"eplusout.err": b"all is well"})
    token = mine.post("/api/v1/tokens", json={"name": "one", "scopes": ["read"]}).get_json()
    return {
        "simulation_id": simulation["id"],
        "task_id": simulation["id"],
        "run_id": run["id"],
        "name": "eplusout.err",
        "sha256": simulation["inputs"][0]["sha256"],
        "token_id": token["id"],
        "worker_id": "worker-1",
        "engine": "25.2.0",
    }


def addressed(api: Client) -> list[tuple[Rule, str]]:
    """Every rule with the object of an owner in its path, by method; deletions come last."""
    found = [
        (rule, method)
        for rule in api.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        # Classes of EnergyPlus have no owner.
        if rule.arguments - {"class_name"} and rule.endpoint not in guard.OPEN
    ]
    return sorted(found, key=lambda item: (item[1] == "DELETE", item[0].rule))


def ask(api: Client, rule: Rule, method: str, values: dict[str, str]) -> TestResponse:
    unknown = rule.arguments - values.keys()
    assert not unknown, f"{rule.rule}: this test has no value for {unknown}"
    built = rule.build({name: _typed(rule, name, values[name]) for name in rule.arguments})
    assert built is not None
    return api.call(method, built[1])


def _typed(rule: Rule, name: str, value: str) -> Any:
    return UUID(value) if f"<uuid:{name}>" in rule.rule else value


def test_objects_of_other_owners_answer_like_nonexistent_ones(
    closed: Client, mine: Client, bert: Client, simulation: Json
) -> None:
    there = things(mine, simulation)
    before = mine.get(f"/api/v1/simulations/{simulation['id']}").get_json()

    for rule, method in addressed(closed):
        answer, never = ask(bert, rule, method, there), ask(bert, rule, method, NOWHERE)
        with closed.app.app_context():
            is_for_admins = guard.needed(rule.endpoint, method) is Scope.ADMIN
        # A page is a frame without data, the same for every id; its module asks the API.
        is_page = rule.endpoint.startswith("view.")
        expected = 403 if is_for_admins else 200 if is_page else 404
        assert answer.status_code == expected, f"{method} {rule.rule}"
        assert _without(answer, there) == _without(never, NOWHERE), f"{method} {rule.rule}"

    assert mine.get(f"/api/v1/simulations/{simulation['id']}").get_json() == before
    # The requested objects do exist, so only the owner makes the difference.
    for rule, method in addressed(closed):
        with closed.app.app_context():
            if guard.needed(rule.endpoint, method) is not Scope.ADMIN:
                assert ask(mine, rule, method, there).status_code != 404, f"{method} {rule.rule}"


def _without(answer: TestResponse, values: dict[str, str]) -> tuple[int, str, list[tuple[str, str]]]:
    text = CSRF_TOKEN.sub("", answer.get_data(as_text=True))
    for value in values.values():
        text = text.replace(value, "…")
    # Both are random in every response.
    headers = [item for item in answer.headers.to_wsgi_list() if item[0] not in ("X-Request-ID", "Set-Cookie")]
    return answer.status_code, text, headers


def test_an_admin_sees_all_owners(closed: Client, mine: Client, simulation: Json) -> None:
    admin = closed.calling_as("root", "admin")
    there = things(mine, simulation)

    for path in (f"simulations/{there['simulation_id']}", f"runs/{there['run_id']}", f"artifacts/{there['sha256']}"):
        assert admin.get(f"/api/v1/{path}").status_code == 200
    assert [item["id"] for item in admin.get("/api/v1/simulations?owner=anna").get_json()["items"]] == [
        simulation["id"]
    ]


@pytest.mark.parametrize("path", ["simulations", "runs", "tokens"])
def test_lists_contain_only_own_objects(mine: Client, bert: Client, simulation: Json, path: str) -> None:
    assert len(mine.get(f"/api/v1/{path}").get_json()["items"]) == 1

    for query in ("", "?owner=anna", "?owner=bert"):
        items = bert.get(f"/api/v1/{path}{query}").get_json()["items"]
        assert [item for item in items if item.get("owner") != "bert"] == []
    assert bert.get(f"/api/v1/{path}?owner=anna").get_json() == {"items": [], "next_cursor": None}


def test_a_cursor_of_another_owner_reveals_nothing(mine: Client, bert: Client, model: bytes, weather: bytes) -> None:
    for _ in range(3):
        mine.submit([("a.idf", model)], [("b.epw", weather)])
    cursor = mine.get("/api/v1/simulations?limit=1").get_json()["next_cursor"]

    assert bert.get(f"/api/v1/simulations?cursor={cursor}").get_json()["items"] == []


def test_naming_a_hash_of_another_owner_grants_nothing(mine: Client, bert: Client, simulation: Json) -> None:
    hashes = {item["role"]: item["sha256"] for item in simulation["inputs"]}

    def submit(api: Client, model: str, weather: str) -> TestResponse:
        named = {"models": [{"name": "a.idf", "sha256": model}], "weather": [{"name": "b.epw", "sha256": weather}]}
        return api.post("/api/v1/simulations", json=named)

    stolen, guessed = submit(bert, hashes["model"], hashes["weather"]), submit(bert, "0" * 64, "1" * 64)

    assert stolen.status_code == guessed.status_code == 422
    for sha256, other in ((hashes["model"], "0" * 64), (hashes["weather"], "1" * 64)):
        assert stolen.get_data(as_text=True).count(sha256) == guessed.get_data(as_text=True).count(other) == 2
    assert bert.get("/api/v1/simulations").get_json()["items"] == []
    assert submit(mine, hashes["model"], hashes["weather"]).status_code == 201


def test_uploading_the_same_bytes_grants_access_by_hash_under_the_own_name(
    mine: Client, bert: Client, simulation: Json, model: bytes, weather: bytes
) -> None:
    sha256 = hashlib.sha256(model).hexdigest()
    assert bert.get(f"/api/v1/artifacts/{sha256}").status_code == 404

    bert.submit([("bert.idf", model)], [("bert.epw", weather)])

    answer = bert.get(f"/api/v1/artifacts/{sha256}")
    assert (answer.status_code, answer.get_data()) == (200, model)
    assert "bert.idf" in answer.headers["Content-Disposition"]
    assert mine.count_rows()["artifacts"] == 2


def test_a_key_of_another_owner_is_free(mine: Client, bert: Client, model: bytes, weather: bytes) -> None:
    key = {"Idempotency-Key": "monday"}
    first = mine.submit([("a.idf", model)], [("b.epw", weather)], headers=key)

    second = bert.submit([("a.idf", model)], [("b.epw", weather)], headers=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json()["id"] != second.get_json()["id"]


def test_workers_and_queues_reveal_no_ids_of_other_owners(mine: Client, bert: Client, simulation: Json) -> None:
    run = mine.runs(simulation["id"])[0]
    mine.start(run)

    for path in ("/api/v1/workers", "/api/v1/queues", "/metrics", "/readyz"):
        text = bert.get(path).get_data(as_text=True)
        for secret in (simulation["id"], run["id"], "anna"):
            assert secret not in text, path


def test_only_an_admin_acts_for_another_owner(closed: Client, mine: Client, model: bytes, weather: bytes) -> None:
    files = [("a.idf", model)], [("b.epw", weather)]
    refused = mine.submit(*files, headers={"X-EPSM-Owner": "bert"})
    assert (refused.status_code, refused.content_type) == (403, "application/problem+json")
    assert mine.submit(*files, headers={"X-EPSM-Owner": "anna"}).status_code == 201

    made = closed.calling_as("root", "admin").submit(*files, headers={"X-EPSM-Owner": "bert"})

    assert made.get_json()["owner"] == "bert"
    assert closed.calling_as("bert").get(f"/api/v1/simulations/{made.get_json()['id']}").status_code == 200


def test_the_legacy_contract_answers_in_its_own_form(closed: Client, bert: Client, simulation: Json) -> None:
    path = f"/api/simulation/{simulation['id']}/status/"

    assert closed.client.get(path).get_json() == {"error": "A valid token is needed"}
    assert bert.get(path).get_json() == {"error": "Simulation not found"}
    assert json.loads(bert.get(f"/api/simulation/{uuid4()}/status/").data) == {"error": "Simulation not found"}
