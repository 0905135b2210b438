"""The attempts of a run over HTTP: each with its worker, its outcome and its reason, the last one first."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.state.finish import fail_attempt
from shared.state.finished import AttemptKey, Failure
from shared.state.policy import RetryPolicy
from tests.integration.api.conftest import Client

Json = dict[str, Any]
FAULT = Failure("storage_away", "The store did not answer")


@pytest.fixture
def run(api: Client, model: bytes, weather: bytes) -> Json:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"max_attempts": 3})
    return api.runs(answer.get_json()["id"])[0]


def lose(api: Client, run: Json) -> None:
    """Ends an attempt by a fault of the store."""
    claimed = api.start(run)
    key = AttemptKey(claimed.simulation_id, UUID(run["id"]), claimed.attempt)
    with api.database.transaction() as connection:
        fail_attempt(connection, key, FAULT, RetryPolicy(timedelta(0)))


def test_each_attempt_has_its_outcome_and_its_reason(api: Client, run: Json) -> None:
    lose(api, run)
    api.fail(run, "Severe: no such schedule")

    attempts = api.get(f"/api/v1/runs/{run['id']}/attempts").get_json()["items"]

    told = [(a["number"], a["worker"], a["outcome"], a["error_message"]) for a in attempts]
    assert told == [
        (2, "worker-1", "failed", "Severe: no such schedule"),
        (1, "worker-1", "infrastructure", "The store did not answer"),
    ]
    assert all(a["started_at"] <= a["ended_at"] for a in attempts)


def test_an_attempt_that_goes_on_has_no_outcome(api: Client, run: Json) -> None:
    path = api.get(f"/api/v1/runs/{run['id']}").get_json()["links"]["attempts"]
    assert api.get(path).get_json() == {"items": [], "next_cursor": None}
    api.start(run)

    (attempt,) = api.get(path).get_json()["items"]

    assert (attempt["number"], attempt["outcome"], attempt["ended_at"], attempt["phases"]) == (1, None, None, {})


def test_attempts_are_paged(api: Client, run: Json) -> None:
    lose(api, run)
    api.succeed(run)
    path = f"/api/v1/runs/{run['id']}/attempts?limit=1"

    first = api.get(path).get_json()
    second = api.get(f"{path}&cursor={first['next_cursor']}").get_json()

    assert [attempt["number"] for attempt in first["items"] + second["items"]] == [2, 1]
    assert second["next_cursor"] is None
    assert api.get(f"{path}&cursor=x").status_code == 422
    assert api.get(f"/api/v1/runs/{uuid4()}/attempts").status_code == 404
