"""The old page's scenarios, read from an old installation's database: expanded, stored and shown, or refused."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from werkzeug.test import TestResponse

from api_service.legacy import library_queries
from deploy.local.postgres import OWNER, PostgresServer
from shared.settings import Settings
from tests import old_shapes
from tests.integration.api.conftest import Client, Upload, running_api
from tests.integration.api.old_runs import METRICS
from tests.old_library import BRICK, PANE, OldLibrary, old_library
from tests.old_shapes import differences

UNKNOWN = "00000000-0000-0000-0000-000000000000"
RUN = "/api/simulation/run/"
NOTHING_STORED = {"simulations": 0, "runs": 0, "artifacts": 0, "simulation_inputs": 0, "events": 0}
numbers = itertools.count(1)


@pytest.fixture
def library(postgres_server: PostgresServer) -> Iterator[OldLibrary]:
    name = f"old_{next(numbers)}"
    postgres_server.create_database(name)
    with old_library(postgres_server.url(name, OWNER)) as created:
        yield created


@pytest.fixture
def settings(settings: Settings, library: OldLibrary) -> Settings:
    return settings.model_copy(update={"legacy_database_url": SecretStr(library.url)})


@pytest.fixture
def send(api: Client, model: bytes, weather: bytes) -> Any:
    """Sends the old page's form with a scenario."""

    def send(scenario: str, models: int = 1, *, content: bytes = model, **more: str) -> TestResponse:
        fields: dict[str, list[Upload]] = {
            "idf_files": [(f"{n}.idf", content) for n in range(models)],
            "weather_file": [("chicago.epw", weather)],
        }
        return api.form(RUN, fields, {"scenario_id": scenario, "parallel": "true", "batch_mode": "true", **more})

    return send


def test_there_is_a_run_for_each_model_and_set(api: Client, library: OldLibrary, send: Any) -> None:
    answer = send(library.of_23_sets(), models=2)

    assert answer.status_code == 200, answer.text
    assert differences(answer.get_json(), old_shapes.SUBMITTED) == []
    assert answer.get_json()["file_count"] == 2
    runs = api.runs(answer.get_json()["simulation_id"])
    assert len(runs) == 46
    first, last = runs[0]["parameters"], runs[22]["parameters"]
    assert (first, last) == (
        {"window": "Triple"},
        {"wall": "Concrete wall", "roof": "Warm roof", "floor": "Slab", "window": "Triple"},
    )
    assert [run["parameters"] for run in runs[23:]] == [run["parameters"] for run in runs[:23]]


def test_results_show_the_set_and_its_totals(api: Client, library: OldLibrary, send: Any) -> None:
    scenario = library.of_23_sets()
    simulation = send(scenario, construction_mode="per_construction").get_json()["simulation_id"]
    runs = api.runs(simulation)
    totals = {"assemblies_gwp_kgco2e": 5310.04, "assemblies_cost_sek": 13500.0}
    for run in runs:
        api.succeed(run, metrics={**METRICS, **totals})
    # What the library says later does not change what has been simulated.
    library.execute("DELETE FROM scenario_constructions; UPDATE constructions SET name = 'changed'")

    rows = api.get(f"/api/simulation/{simulation}/parallel-results/").get_json()
    items = api.get(f"/api/simulation/{simulation}/results/").get_json()
    listed = api.get(f"/api/simulation/results/?scenario_id={scenario}").get_json()

    assert differences(rows, [old_shapes.SET_ROW]) == []
    assert differences(items, [old_shapes.SET_ITEM]) == []
    assert differences(listed, [old_shapes.SET_LISTED]) == []
    assert (len(rows), len(items), len(listed)) == (5, 5, 5)
    window = rows[4]["construction_set"]["window"]
    assert (window["name"], window["layers"]) == ("Triple", ["Clear 4", "Air gap 12 mm"] * 2 + ["Clear 4"])
    assert [set(row["construction_set"]) for row in rows] == [{"wall"}, {"wall"}, {"roof"}, {"floor"}, {"window"}]
    assert (rows[0]["gwp_total"], rows[0]["cost_total"], rows[0]["variant_idx"]) == (5310.0, 13500.0, 0)
    assert items[0] == rows[0]["raw_json"]
    assert (listed[0]["gwp"], listed[0]["cost"]) == (5310.0, 13500.0)
    assert api.get(f"/api/simulation/results/?scenario_id={UNKNOWN}").get_json() == []


def test_a_repeated_key_is_answered_although_the_library_has_changed(
    api: Client, library: OldLibrary, model: bytes, weather: bytes
) -> None:
    scenario = library.of_23_sets()
    fields: dict[str, list[Upload]] = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)]}
    key = {"Idempotency-Key": "1"}
    first = api.form(RUN, fields, {"scenario_id": scenario}, headers=key)
    library.execute("UPDATE constructions SET gwp_kgco2e_per_m2 = 1")

    again = api.form(RUN, fields, {"scenario_id": scenario}, headers=key)
    other = api.form(RUN, fields, {"scenario_id": scenario, "construction_mode": "per_construction"}, headers=key)

    assert again.get_json() == first.get_json()
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE materials SET density_kg_m3 = NULL", "material 'Brick; red': the library has no density_kg_m3"),
        ("UPDATE window_glazing SET infrared_transmittance = NULL", "the library has no infrared_transmittance"),
        ("UPDATE constructions SET gwp_kgco2e_per_m2 = NULL", "the library has no gwp_kgco2e_per_m2"),
        ("UPDATE constructions SET cost_sek_per_m2 = 'NaN'", "the library has no cost_sek_per_m2 but 'NaN'"),
        ("DELETE FROM layers", "has no layers"),
        ("UPDATE layers SET material_id = NULL", "has neither a material nor a glazing"),
        ("DELETE FROM scenario_constructions", "the scenario has no constructions"),
        ("UPDATE scenarios SET total_simulations = 0", "total_simulations is 0"),
        ("ALTER TABLE materials DROP COLUMN roughness", "the library has no roughness"),
    ],
)
def test_what_the_library_lacks_refuses_the_submission(
    api: Client, library: OldLibrary, send: Any, change: str, said: str
) -> None:
    scenario = library.of_23_sets()
    library.execute(change)

    answer = send(scenario)

    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith("scenario_id: ")
    assert said in str(answer.get_json())
    assert api.count_rows() == NOTHING_STORED


@pytest.mark.parametrize("name", [UNKNOWN, "23", "nonsense", "' OR 1=1"])
def test_an_unknown_scenario_is_refused(api: Client, library: OldLibrary, send: Any, name: str) -> None:
    library.of_23_sets()

    answer = send(name)

    assert answer.status_code == 400
    assert answer.get_json()["error"] == (
        "scenario_id: there is no scenario with this id in the old installation's database"
    )
    assert api.count_rows() == NOTHING_STORED


@pytest.mark.parametrize(
    ("scenario", "mode", "said"),
    [
        ("", "per_construction", "construction_mode: needs a scenario_id"),
        (UNKNOWN, "all", "construction_mode: must be per_construction, or empty for all combinations"),
    ],
)
def test_a_mode_that_means_nothing_is_refused(send: Any, scenario: str, mode: str, said: str) -> None:
    answer = send(scenario, construction_mode=mode)

    assert (answer.status_code, answer.get_json()["error"]) == (400, said)


def test_a_model_without_such_surfaces_is_refused(api: Client, library: OldLibrary, send: Any) -> None:
    scenario = library.of_23_sets()

    answer = send(scenario, content=b"Version,25.2;Building,B;Zone,A;")

    assert answer.status_code == 400
    assert "idf_files[0]: '0.idf': The model has no exterior wall" in answer.get_json()["error"]
    assert api.count_rows() == NOTHING_STORED


def test_a_scenario_of_more_runs_than_are_allowed_is_refused(api: Client, library: OldLibrary, send: Any) -> None:
    walls = [("wall", library.construction("wall", f"W{n}", [BRICK])) for n in range(30)]
    roofs = [("roof", library.construction("roof", f"R{n}", [BRICK])) for n in range(30)]

    answer = send(library.scenario("Large", [*walls, *roofs], None))

    assert answer.status_code == 400
    assert "makes 960 sets of constructions, more than the 500 runs" in answer.get_json()["error"]
    within = send(library.scenario("Cut", [*walls, *roofs], 300), models=2)
    assert within.status_code == 400
    assert "makes 600 runs, more than the 500 that are allowed" in within.get_json()["error"]
    assert api.count_rows() == NOTHING_STORED


def test_a_material_with_optical_columns_can_be_a_pane(api: Client, library: OldLibrary, send: Any) -> None:
    totals = {"gwp_kgco2e_per_m2": 1.0, "cost_sek_per_m2": 2.0}
    window = library.insert("constructions", name="Single", element_type="window", **totals)
    pane = library.insert("materials", **PANE)
    library.insert("layers", construction_id=window, material_id=pane, layer_order=0, is_glazing_layer=True)

    answer = send(library.scenario("Glass", [("window", window)], None))

    assert answer.status_code == 200, answer.text
    assert len(api.runs(answer.get_json()["simulation_id"])) == 1


def test_a_slow_library_is_refused_with_the_reason(
    api: Client, library: OldLibrary, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = library.of_23_sets()
    monkeypatch.setattr(library_queries, "DEADLINE_SECONDS", 0.5)
    library.execute(
        "ALTER TABLE materials RENAME TO others;"
        "CREATE VIEW materials AS SELECT others.* FROM others, (SELECT pg_sleep(60)) AS late"
    )

    answer = send(scenario)

    assert answer.status_code == 503
    assert "has not answered within 0.5 s; nothing was queued" in answer.get_json()["error"]
    assert api.count_rows() == NOTHING_STORED


def test_a_library_without_its_tables_is_refused_with_the_reason(library: OldLibrary, send: Any) -> None:
    scenario = library.of_23_sets()
    library.execute("DROP TABLE layers")

    answer = send(scenario)

    assert answer.status_code == 503
    assert 'relation "layers" does not exist' in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("postgresql://epsm:secret@127.0.0.1:1/old", 503, "cannot be reached; nothing was queued"),
        (None, 400, "EPSM_LEGACY_DATABASE_URL is not set"),
    ],
)
def test_without_a_library_there_is_no_scenario(
    settings: Settings, tmp_path: Path, model: bytes, weather: bytes, url: str | None, status: int, said: str
) -> None:
    changed = settings.model_copy(update={"legacy_database_url": url and SecretStr(url)})
    fields: dict[str, list[Upload]] = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)]}
    with running_api(changed, tmp_path) as api:
        answer = api.form(RUN, fields, {"scenario_id": UNKNOWN})

        assert answer.status_code == status
        assert said in answer.get_json()["error"]
        assert "secret" not in answer.text
        assert api.count_rows() == NOTHING_STORED
