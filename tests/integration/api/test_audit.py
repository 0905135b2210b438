"""The audit log: every action with actor, token, object, address and request."""

from typing import Any

import pytest

from api_service.identity import audit
from tests.integration.api.conftest import Client

PATH = "/api/v1/audit"


@pytest.fixture
def admin(closed: Client) -> Client:
    return closed.calling_as("root", "admin")


def entries(admin: Client, query: str = "") -> list[dict[str, Any]]:
    answer = admin.get(f"{PATH}?limit=200{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["items"])


def test_every_action_is_recorded(closed: Client, admin: Client, model: bytes, weather: bytes) -> None:
    anna = closed.calling_as("anna")
    token_id = anna.get("/api/v1/tokens").get_json()["items"][0]["id"]
    made = [anna.submit([("a.idf", model)], [("b.epw", weather)]).get_json()["id"] for _ in range(3)]
    run, failed = anna.runs(made[0])[0]["id"], anna.runs(made[2])[0]
    anna.post(f"/api/v1/runs/{run}/cancel")
    anna.post(f"/api/v1/simulations/{made[1]}/cancel", headers={"X-Request-ID": "mine"})
    anna.call("DELETE", f"/api/v1/simulations/{made[1]}")
    anna.fail(failed)
    anna.post(f"/api/v1/simulations/{made[2]}/retry")
    anna.post(f"/api/simulation/task/{made[2]}/cancel/")
    other = anna.post("/api/v1/tokens", json={"name": "x", "scopes": ["read"]}).get_json()["id"]
    anna.call("DELETE", f"/api/v1/tokens/{other}")
    anna.get(PATH)

    recorded = [(entry["action"], entry["object"]) for entry in entries(admin, "&owner=anna")][::-1]

    assert recorded == [
        *(("simulation.submitted", f"simulations/{one}") for one in made),
        ("run.cancelled", f"runs/{run}"),
        ("simulation.cancelled", f"simulations/{made[1]}"),
        ("simulation.deleted", f"simulations/{made[1]}"),
        ("simulation.retried", f"simulations/{made[2]}"),
        ("simulation.cancelled", f"simulations/{made[2]}"),
        ("token.created", f"tokens/{other}"),
        ("token.revoked", f"tokens/{other}"),
        ("request.refused", PATH),
    ]
    (cancelled,) = entries(admin, f"&action=simulation.cancelled&object=simulations/{made[1]}")
    assert cancelled["token_id"] == token_id
    assert (cancelled["address"], cancelled["correlation_id"]) == ("127.0.0.1", "mine")


def test_an_action_refused_by_its_state_is_not_recorded(
    closed: Client, admin: Client, model: bytes, weather: bytes
) -> None:
    anna = closed.calling_as("anna")
    made = anna.submit([("a.idf", model)], [("b.epw", weather)]).get_json()["id"]

    assert anna.call("DELETE", f"/api/v1/simulations/{made}").status_code == 409

    assert [entry["action"] for entry in entries(admin, "&owner=anna")] == ["simulation.submitted"]


def test_it_records_who_acted_for_which_owner(admin: Client, model: bytes, weather: bytes) -> None:
    admin.submit([("a.idf", model)], [("b.epw", weather)], headers={"X-EPSM-Owner": "anna"})

    (entry,) = entries(admin, "&action=simulation.submitted")

    assert (entry["owner"], entry["detail"]) == ("root", {"for_owner": "anna"})


def test_it_is_paged(closed: Client, admin: Client) -> None:
    for _ in range(3):
        closed.calling_as("anna")
    first = admin.get(f"{PATH}?limit=2&action=token.created").get_json()
    second = admin.get(f"{PATH}?limit=2&action=token.created&cursor={first['next_cursor']}").get_json()

    ids = [entry["id"] for entry in [*first["items"], *second["items"]]]
    assert len(set(ids)) == 4
    assert second["next_cursor"] is None
    assert admin.get(f"{PATH}?cursor=broken").status_code == 422


def test_refusals_do_not_fill_the_disk(closed: Client, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "REFUSALS_PER_MINUTE", 10)
    for owner in ("anna", "bert", "carla"):
        reader = closed.calling_as(owner, "read")
        for _ in range(8):
            reader.get(PATH)

    recorded = entries(admin, "&action=request.refused")

    assert len(recorded) == 10
    assert sum(entry["detail"].get("omitted", 0) for entry in recorded) == 14
