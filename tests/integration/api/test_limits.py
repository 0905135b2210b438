"""Caps and rate limits of an owner: the response has the numbers, and a refused request leaves no row and no file."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.settings import Settings
from tests.integration.api.conftest import Client, running_api

Open = Callable[..., Client]


@pytest.fixture
def open_api(settings: Settings, tmp_path: Path) -> Iterator[Open]:
    """The API with other settings."""
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(running_api(settings.model_copy(update=changes), tmp_path))


def refusals(api: Client, reason: str) -> float:
    line = f'epsm_requests_refused_total{{reason="{reason}"}} '
    (found,) = (row for row in api.get("/metrics").get_data(as_text=True).splitlines() if row.startswith(line))
    return float(found.removeprefix(line))


def variants(count: int) -> dict[str, Any]:
    values = [float(value) for value in range(count)]
    return {"parameters": [{"name": "p", "object": "Building", "field": "North Axis", "values": values}]}


def test_runs_over_the_cap_are_refused_with_the_numbers_and_a_time(
    open_api: Open, model: bytes, weather: bytes
) -> None:
    api = open_api(owner_queued_runs=10)
    assert api.submit([("a.idf", model)], [("b.epw", weather)], spec=variants(6)).status_code == 201
    rows, files, before = api.count_rows(), api.left_files(), refusals(api, "queued_runs")

    answer = api.submit([("other.idf", model + b"\n")], [("b.epw", weather)], spec=variants(5))

    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert all(number in answer.get_json()["detail"] for number in ("6 runs", "5 more", "the 10 "))
    assert (api.count_rows(), api.left_files()) == (rows, files)
    assert refusals(api, "queued_runs") == before + 1
    api.owner = "another"
    assert api.submit([("a.idf", model)], [("b.epw", weather)], spec=variants(5)).status_code == 201


def test_a_submission_that_can_never_fit_is_refused_without_retry_after(
    open_api: Open, model: bytes, weather: bytes
) -> None:
    api = open_api(owner_queued_runs=10)

    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec=variants(11))

    assert answer.status_code == 422
    assert "Retry-After" not in answer.headers
    assert api.left_files() == []


def test_a_retry_over_the_cap_is_refused(open_api: Open, model: bytes, weather: bytes) -> None:
    api = open_api(owner_queued_runs=1)
    failed = api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()
    api.fail(api.runs(failed["id"])[0])
    assert api.submit([("a.idf", model)], [("b.epw", weather)]).status_code == 201

    answer = api.post(f"{failed['links']['retry']}")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert api.get(failed["links"]["self"]).get_json()["status"] == "failed"


def test_the_same_submission_again_adds_nothing_and_is_answered(open_api: Open, model: bytes, weather: bytes) -> None:
    api = open_api(owner_queued_runs=1, owner_stored_bytes=len(model) + len(weather))
    first = api.submit([("a.idf", model)], [("b.epw", weather)], headers={"Idempotency-Key": "k"})

    again = api.submit([("a.idf", model)], [("b.epw", weather)], headers={"Idempotency-Key": "k"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json()["id"] == again.get_json()["id"]


def test_bytes_over_the_cap_are_refused_before_they_are_stored(open_api: Open, model: bytes, weather: bytes) -> None:
    api = open_api(owner_stored_bytes=len(model) + len(weather) + 1000)
    simulation = api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()
    # Files that are already stored need no more space.
    assert api.submit([("c.idf", model)], [("d.epw", weather)]).status_code == 201
    api.succeed(api.runs(simulation["id"])[0], {"eplusout.err": b"x" * 900})
    rows, files = api.count_rows(), api.left_files()

    answer = api.submit([("a.idf", model + b"\n")], [("b.epw", weather)])

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert str(len(model) + len(weather) + 900) in answer.get_json()["detail"]
    assert (api.count_rows(), api.left_files()) == (rows, files)


def test_files_that_can_never_fit_are_too_large(open_api: Open, model: bytes, weather: bytes) -> None:
    api = open_api(owner_stored_bytes=len(model))

    answer = api.submit([("a.idf", model)], [("b.epw", weather)])

    assert answer.status_code == 413
    assert "Retry-After" not in answer.headers
    assert api.left_files() == []


def test_the_legacy_contract_has_its_own_error(open_api: Open, model: bytes, weather: bytes) -> None:
    api = open_api(owner_queued_runs=1)
    fields = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)]}
    assert api.form("/api/simulation/run/", fields).status_code == 200

    answer = api.form("/api/simulation/run/", fields)

    assert answer.status_code == 429
    assert set(answer.get_json()) == {"error"}
    assert int(answer.headers["Retry-After"]) > 0


def test_the_rate_limit_of_an_owner_does_not_affect_others(open_api: Open) -> None:
    api = open_api(owner_request_rate="3/hour")
    path, mine, other = "/api/v1/workers", {"X-EPSM-Owner": "a"}, {"X-EPSM-Owner": "b"}
    before = refusals(api, "request_rate")

    answers = [api.get(path, headers=mine) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].content_type == "application/problem+json"
    assert 0 < int(answers[3].headers["Retry-After"]) <= 3600
    assert api.get(path, headers=other).status_code == 200
    assert refusals(api, "request_rate") == before + 1
    # An owner has one rate limit for all endpoints, those of the legacy contract included.
    old = api.get("/api/simulation/no/status/", headers=mine)
    assert (old.status_code, set(old.get_json())) == (429, {"error"})


def test_probes_are_never_refused(open_api: Open) -> None:
    api = open_api(owner_request_rate="1/hour")

    assert {api.get(path).status_code for path in ("/healthz", "/readyz", "/metrics") * 3} == {200}


def test_without_a_rate_limit_no_request_is_refused(open_api: Open) -> None:
    api = open_api(owner_request_rate="")

    assert {api.get("/api/v1/workers").status_code for _ in range(30)} == {200}


def test_requests_with_an_invalid_owner_are_counted_by_address(open_api: Open) -> None:
    api = open_api(owner_request_rate="2/hour")
    bad = [{"X-EPSM-Owner": "x" * length} for length in (101, 102, 103)]

    answers = [api.get("/api/v1/workers", headers=headers).status_code for headers in bad]

    assert answers == [422, 422, 429]


def test_refused_requests_count_for_the_actor(open_api: Open) -> None:
    api = open_api(owner_request_rate="2/hour", auth="required")
    reader, other = api.calling_as("a", "read"), api.calling_as("b", "read")

    assert [reader.get("/api/v1/audit").status_code for _ in range(3)] == [403, 403, 429]
    assert other.get("/api/v1/workers", headers={"X-EPSM-Owner": "b"}).status_code == 200


def test_an_address_that_sends_wrong_tokens_over_and_over_is_refused(closed: Client) -> None:
    def ask(token: str, address: str = "192.0.2.1") -> int:
        headers, environ = {"Authorization": f"Bearer {token}"}, {"REMOTE_ADDR": address}
        client: FlaskClient = closed.client
        return client.get("/api/v1/runs", headers=headers, environ_base=environ).status_code

    before = refusals(closed, "address_rate")
    answers = [401]
    while answers[-1] == 401 and len(answers) < 1000:
        answers.append(ask("epsm_wrong"))

    assert answers[-1] == 429
    assert len(answers) > 60
    assert refusals(closed, "address_rate") == before + 1
    assert ask("epsm_wrong", "192.0.2.2") == 401
    # A valid token still works for another client behind the same address.
    secret = closed.calling_as("anna").secret
    assert secret is not None
    assert ask(secret) == 200
