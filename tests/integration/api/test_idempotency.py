"""Idempotency-Key: a submission that is sent twice makes one simulation."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.errors import InternalFault
from shared.state.submit import Key, submit_once
from tests.integration.api.conftest import Client
from tests.integration.concurrency import until_a_session_waits
from tests.rows import Rows

pytestmark = pytest.mark.integration

KEY = {"Idempotency-Key": "e8a1 / first try"}
REPLAYED = "Idempotency-Replayed"


@pytest.fixture
def submit(api: Client, model: bytes, weather: bytes) -> Any:
    """Submits the office with a key."""

    def submit(headers: dict[str, str] = KEY, **spec: Any) -> TestResponse:
        return api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec or None, headers=headers)

    return submit


def test_the_same_submission_again_gets_the_simulation_of_the_first(api: Client, submit: Any) -> None:
    first = submit(name="mine")
    rows = api.count_rows()

    again = submit(name="mine")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"
    assert api.count_rows() == rows


def test_many_at_once_make_one_simulation(api: Client, model: bytes, weather: bytes) -> None:
    together = Barrier(8)

    def send(_: int) -> TestResponse:
        client = api.app.test_client()
        together.wait()
        return Client(
            api.app, client, api.database, api.broker, api.storage, api.scratch, api.stored, api.owner
        ).submit([("a.idf", model)], [("b.epw", weather)], headers=KEY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert sum(REPLAYED in answer.headers for answer in answers) == 7
    assert api.count_rows()["simulations"] == api.count_rows()["runs"] == 1


@pytest.mark.parametrize("spec", [{"name": "another"}, {"annual": True}, {"priority": "high"}])
def test_another_submission_with_the_key_is_refused(api: Client, submit: Any, spec: dict[str, Any]) -> None:
    submit(name="mine")

    answer = submit(**spec)

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "Idempotency-Key"
    assert api.count_rows()["simulations"] == 1


@pytest.mark.parametrize("change", ["model", "weather", "name"])
def test_another_file_or_another_name_is_another_submission(
    api: Client, submit: Any, model: bytes, weather: bytes, change: str
) -> None:
    submit()

    models = [("c.idf" if change == "name" else "a.idf", model + b"\n! changed" if change == "model" else model)]
    other = weather.replace(b"\n", b"\r\n") if change == "weather" else weather
    answer = api.submit(models, [("b.epw", other)], headers=KEY)

    assert answer.status_code == 422
    assert api.count_rows()["simulations"] == 1


def test_a_key_belongs_to_its_owner(api: Client, submit: Any) -> None:
    first = submit()

    other = submit({**KEY, "X-EPSM-Owner": "another"})

    assert other.status_code == 201
    assert other.get_json()["id"] != first.get_json()["id"]


def test_without_a_key_every_submission_is_one_of_its_own(api: Client, submit: Any) -> None:
    assert submit({}).get_json()["id"] != submit({}).get_json()["id"]


def test_a_refused_submission_leaves_its_key_free(api: Client, submit: Any) -> None:
    assert submit(annual="perhaps").status_code == 422

    assert submit(annual=True).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "tab\there"])
def test_a_key_that_is_none_is_refused(api: Client, submit: Any, key: str) -> None:
    answer = submit({"Idempotency-Key": key})

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "Idempotency-Key"
    assert api.count_rows()["simulations"] == 0


def test_a_simulation_that_was_deleted_is_not_made_again(api: Client, submit: Any) -> None:
    simulation = submit().get_json()
    for run in api.runs(simulation["id"]):
        api.succeed(run)
    assert api.client.delete(f"/api/v1/simulations/{simulation['id']}").status_code == 204

    answer = submit()

    assert answer.status_code == 409
    assert "deleted" in answer.get_json()["detail"]


def test_the_legacy_contract_has_keys_too(api: Client, model: bytes, weather: bytes) -> None:
    def send(content: bytes) -> TestResponse:
        fields = {"idf_files": [("a.idf", content)], "weather_file": [("b.epw", weather)]}
        return api.form("/api/simulation/run/", fields, headers=KEY)

    first, again, other = send(model), send(model), send(model + b"\n! changed")

    assert first.status_code == again.status_code == 200
    assert first.get_json() == again.get_json()
    assert other.status_code == 422
    assert "Idempotency-Key" in other.get_json()["error"]


def test_a_submission_that_came_to_nothing_leaves_its_key_to_the_one_that_waits(rows: Rows) -> None:
    key = Key("k", "f")
    with ThreadPoolExecutor(1) as pool:

        def second() -> bool:
            with rows.database.transaction() as connection:
                return submit_once(connection, rows.new_simulation(), key).is_new

        with rows.database.engine.connect() as connection:
            assert submit_once(connection, rows.new_simulation(), key).is_new
            waiting = pool.submit(second)
            until_a_session_waits(rows)
            connection.rollback()
        assert waiting.result(60)


def test_runs_that_were_read_before_are_not_submitted_as_none(rows: Rows) -> None:
    new = rows.new_simulation(2)
    with rows.database.engine.connect() as connection:
        submit_once(connection, new, Key("k", "f"))
        connection.rollback()

    with (
        pytest.raises(InternalFault, match="0 runs are there for a simulation of 2"),
        rows.database.transaction() as again,
    ):
        submit_once(again, new, Key("k", "f"))
