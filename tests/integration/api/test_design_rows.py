"""Parameters of runs, which are rows of a stored file: shown as before, read rarely, and never in a transaction."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from api_service.http.dependencies import EXTENSION
from shared.storage import StorageError
from shared.storage.base import Chunks
from shared.storage.local import LocalStorage
from tests.integration.api.conftest import Client
from tests.integration.api.following import ADMIN, Readings, follow

LIGHTS = {"name": "lights", "object": "Lights", "field": "End-Use Subcategory", "values": [1, 1.5, "autosize"]}
AXIS = {"name": "axis", "object": "Building", "field": "North Axis", "values": [0.0, -90]}
#: In the order of Postgres's keys, as for runs with their values in their rows.
GRID = [{"axis": axis, "lights": lights} for lights in (1, 1.5, "autosize") for axis in (0.0, -90)]


@pytest.fixture
def simulation(api: Client, model: bytes, weather: bytes) -> dict[str, Any]:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": [LIGHTS, AXIS]})
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


@pytest.fixture
def reads(api: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of what is read from the store, while the thread that reads has no connection to Postgres."""
    found: list[str] = []
    busy: set[int] = set()
    read, pool = LocalStorage.read, api.app.extensions[EXTENSION].database.engine.pool
    event.listen(pool, "checkout", lambda *_: busy.add(threading.get_ident()))
    event.listen(pool, "checkin", lambda *_: busy.discard(threading.get_ident()))

    def note(storage: LocalStorage, key: str, start: int = 0, end: int | None = None) -> Chunks:
        assert threading.get_ident() not in busy
        found.append(key)
        return read(storage, key, start, end)

    monkeypatch.setattr(LocalStorage, "read", note)
    return found


def design(api: Client) -> Path:
    with api.database.transaction() as connection:
        statement = text("SELECT key FROM artifacts JOIN simulation_inputs USING (sha256) WHERE role = 'design'")
        return api.stored / str(connection.execute(statement).scalar_one())


def exact(found: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    return [[(name, repr(value)) for name, value in parameters.items()] for parameters in found]


def test_lists_and_single_runs_have_the_same_values_as_ever(api: Client, simulation: dict[str, Any]) -> None:
    runs = api.runs(simulation["id"])

    assert exact([run["parameters"] for run in runs]) == exact(GRID)
    assert api.get(f"/api/v1/runs/{runs[4]['id']}").get_json()["parameters"] == GRID[4]
    everywhere = api.get("/api/v1/runs?sort=created").get_json()["items"]
    assert [run["parameters"] for run in everywhere] == GRID
    assert api.post(f"/api/v1/runs/{runs[2]['id']}/cancel").get_json()["parameters"] == GRID[2]


def test_rows_have_a_number_in_place_of_values(api: Client, model: bytes, weather: bytes) -> None:
    many = [
        {**LIGHTS, "name": f"p{n}", "values": [f"{n:02}{value:02}" + "x" * 196 for value in range(2 if n < 8 else 1)]}
        for n in range(50)
    ]
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": many})
    assert answer.get_json()["counts"]["total"] == 256

    with api.database.transaction() as connection:
        sizes = connection.execute(text("SELECT variant, parameters, pg_column_size(runs.*) FROM runs ORDER BY index"))
        rows = sizes.all()
    assert [row[:2] for row in rows] == [(number, None) for number in range(256)]
    # Fifty texts of 200 characters had 10,000 bytes.
    assert max(row[2] for row in rows) < 300
    assert len(api.runs(answer.get_json()["id"])[0]["parameters"]["p49"]) == 200


def test_a_list_reads_a_design_once_and_then_not_at_all(
    api: Client, simulation: dict[str, Any], reads: list[str]
) -> None:
    api.runs(simulation["id"])
    first = len(reads)
    api.runs(simulation["id"])

    # Its footer, and the row group of all six.
    assert (first, len(reads)) == (2, 2)


def test_the_design_is_no_input_of_the_user_but_is_kept_and_counted_like_one(
    api: Client, simulation: dict[str, Any]
) -> None:
    shown = api.get(f"/api/v1/simulations/{simulation['id']}").get_json()["inputs"]

    assert [item["role"] for item in shown] == [item["role"] for item in simulation["inputs"]] == ["model", "weather"]
    assert api.count_rows()["simulation_inputs"] == 3
    with api.database.transaction() as connection:
        owners = connection.execute(text("SELECT count(*) FROM artifact_owners")).scalar_one()
    assert owners == 3


def test_the_same_parameters_again_are_stored_once(
    api: Client, simulation: dict[str, Any], model: bytes, weather: bytes
) -> None:
    api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": [LIGHTS, AXIS]})

    assert (api.count_rows()["simulations"], api.count_rows()["artifacts"]) == (2, 3)


def test_without_parameters_there_is_no_design(api: Client, model: bytes, weather: bytes) -> None:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)])

    assert api.runs(answer.get_json()["id"])[0]["parameters"] == {}
    assert api.count_rows()["artifacts"] == 2


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"PAR1 is damaged"), Path.unlink])
def test_a_lost_or_damaged_design_hides_its_values_and_nothing_else(
    api: Client, simulation: dict[str, Any], harm: Callable[[Path], object]
) -> None:
    harm(design(api))

    runs = api.runs(simulation["id"])

    assert [(run["index"], run["parameters"]) for run in runs] == [(index, None) for index in range(6)]


def test_while_the_store_is_away_nothing_is_shown_without_its_values(
    api: Client, simulation: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise StorageError("away")

    monkeypatch.setattr(LocalStorage, "size", away)

    assert api.get(f"/api/v1/simulations/{simulation['id']}/runs").status_code == 503


def test_streams_have_the_values(api: Client, simulation: dict[str, Any]) -> None:
    readings, follower = Readings(api.database, api.storage), follow(ADMIN)
    readings.read(follower)
    run = api.runs(simulation["id"])[3]
    api.start(run)

    (events,) = readings.read(follower)
    readings.close()

    assert [received.data["parameters"] for received in events if received.event == "run"] == [GRID[3]]


def test_the_old_contract_has_the_values(api: Client, simulation: dict[str, Any], reads: list[str]) -> None:
    for run in api.runs(simulation["id"]):
        api.succeed(run)

    status = api.get(f"/api/simulation/task/{simulation['id']}/status/").get_json()
    rows = api.get(f"/api/simulation/{simulation['id']}/results/").get_json()

    assert exact([run["parameters"] for run in status["result"]]) == exact(GRID)
    assert [row["variant_idx"] for row in rows] == list(range(6))
    assert len(set(reads)) == 1


def test_a_run_of_an_older_version_shows_the_values_of_its_row(api: Client, simulation: dict[str, Any]) -> None:
    run = api.runs(simulation["id"])[0]
    with api.database.transaction() as connection:
        older = text("UPDATE runs SET variant = NULL, parameters = '{\"axis\": 7}' WHERE id = :id")
        connection.execute(older, {"id": UUID(run["id"])})

    assert api.get(f"/api/v1/runs/{run['id']}").get_json()["parameters"] == {"axis": 7}
