"""What is looked up before a submission: the catalogue of metrics, installed weather."""

from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from shared.energyplus.catalogue import CATALOGUE
from shared.energyplus.installation import weather_directories
from shared.settings import Settings
from tests.integration.api.conftest import Client, running_api

CHICAGO = "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"


def test_the_catalogue_has_every_metric_of_a_run_with_its_definition(api: Client, model: bytes, weather: bytes) -> None:
    simulation = api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()
    api.succeed(api.runs(simulation["id"])[0])

    items = api.get("/api/v1/metrics").get_json()["items"]

    assert [item["name"] for item in items] == [metric.name for metric in CATALOGUE]
    assert {item["name"] for item in items} <= api.runs(simulation["id"])[0]["metrics"].keys()
    assert all(item["text"] and item["source"] and item["group"] for item in items)
    by_name = {item["name"]: item for item in items}
    assert by_name["site_eui_kwh_per_m2"]["unit"] == "kWh/m2"
    assert by_name["period"]["unit"] is None
    assert by_name["natural_gas_kwh"]["source"] == "meter NaturalGas:Facility"
    assert by_name["heating_kwh"]["source"] == "sum of the meters of the end use heating, over all fuels"
    assert by_name["conditioned_area_m2"]["source"] == (
        "report AnnualBuildingUtilityPerformanceSummary, table 'Building Area', row 'Net Conditioned Building Area', "
        "column 'Area'"
    )
    assert by_name["unmet_heating_hours"]["source"].startswith("sum of the output variable 'Facility Heating")


def test_the_catalogue_is_for_every_reader_and_nobody_else(closed: Client) -> None:
    assert closed.client.get("/api/v1/metrics").status_code == 401
    assert closed.calling_as("anna", "read").get("/api/v1/metrics").status_code == 200


def names(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.get_json()["items"]]


def test_installed_weather_is_found_by_place_in_any_case(api: Client) -> None:
    everything = names(api.get("/api/v1/weather"))
    assert len(everything) > 3
    assert everything == sorted(everything)

    assert names(api.get("/api/v1/weather?place=CHICAGO")) == [CHICAGO]
    assert names(api.get("/api/v1/weather?place=usa")) == everything
    assert names(api.get("/api/v1/weather?place=atlantis")) == []


def test_installed_weather_is_found_by_distance_and_paged(api: Client) -> None:
    nearest = api.get("/api/v1/weather?near=41.98,-87.92").get_json()["items"]
    distances = [item["distance_km"] for item in nearest]
    assert nearest[0]["name"] == CHICAGO
    assert (nearest[0]["latitude"], nearest[0]["longitude"], nearest[0]["timezone_h"]) == (41.98, -87.92, -6.0)
    assert distances == sorted(distances)
    assert distances[0] == 0
    golden = next(item for item in nearest if "Golden" in item["name"])
    # Between the two airports, computed independently.
    assert golden["distance_km"] == pytest.approx(1470, abs=15)

    for query in ("near=41.98,-87.92", "place="):
        seen: list[str] = []
        cursor = ""
        while True:
            page = api.get(f"/api/v1/weather?limit=2&{query}{cursor}")
            seen += names(page)
            if page.get_json()["next_cursor"] is None:
                break
            cursor = f"&cursor={page.get_json()['next_cursor']}"
        assert seen == names(api.get(f"/api/v1/weather?{query}"))


@pytest.mark.parametrize("near", ["41.98", "91,0", "0,181", "nan,0", "a,b", "1,2,3", ""])
def test_coordinates_that_are_not_on_earth_are_refused_by_field(api: Client, near: str) -> None:
    answer = api.get("/api/v1/weather", query_string={"near": near})

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.get_json()["errors"]] == ["near"]


def test_a_cursor_of_another_order_is_refused(api: Client) -> None:
    cursor = api.get("/api/v1/weather?limit=1").get_json()["next_cursor"]

    assert api.get(f"/api/v1/weather?near=0,0&cursor={cursor}").status_code == 422


def test_installed_weather_is_submitted_by_name_and_stored_like_an_upload(
    api: Client, model: bytes, weather: bytes
) -> None:
    answer = api.submit([("a.idf", model)], [("c.epw", weather)], spec={"weather": [CHICAGO]})

    assert answer.status_code == 201, answer.text
    inputs = {item["name"]: item for item in answer.get_json()["inputs"] if item["role"] == "weather"}
    assert set(inputs) == {"c.epw", CHICAGO}
    assert answer.get_json()["counts"]["total"] == 2
    installed = (weather_directories()[0] / CHICAGO).read_bytes()
    assert api.get(inputs[CHICAGO]["href"]).get_data() == installed
    by_hash = {"models": [{"name": "a.idf", "sha256": answer.get_json()["inputs"][0]["sha256"]}], "weather": [CHICAGO]}
    assert api.post("/api/v1/simulations", json=by_hash).status_code == 201
    stored = {"name": "d.epw", "sha256": inputs[CHICAGO]["sha256"]}
    mixed = by_hash | {"weather": [CHICAGO, stored]}
    assert api.post("/api/v1/simulations?dry_run=true", json=mixed).get_json()["count"] == 2


@pytest.mark.usefixtures("nothing_is_left")
def test_weather_that_is_not_installed_is_refused_by_field(api: Client, model: bytes) -> None:
    for wrong in ("chicago", CHICAGO.replace("TMY3", "TMY2"), "../../etc/passwd"):
        answer = api.submit([("a.idf", model)], [], spec={"weather": [CHICAGO, wrong]})
        assert answer.status_code == 422
        assert [fault["field"] for fault in answer.get_json()["errors"]] == ["spec.weather[1]"]
    assert "did you mean" in api.submit([("a.idf", model)], [], spec={"weather": [CHICAGO[1:]]}).text
    assert api.submit([("a.idf", model)], [], spec={"weather": [CHICAGO, CHICAGO]}).status_code == 422
    assert api.submit([("a.idf", model)], [], spec={"weather": [CHICAGO] * 21}).status_code == 422


def test_the_same_key_with_the_same_installed_weather_is_the_same_submission(api: Client, model: bytes) -> None:
    key = {"Idempotency-Key": "monday"}
    first, second = (
        api.submit([("a.idf", model)], [], spec={"weather": [CHICAGO]}, headers=key).get_json() for _ in range(2)
    )

    assert first["id"] == second["id"]


def test_directories_of_the_settings_come_first_and_files_that_are_no_weather_are_left_out(
    settings: Settings, tmp_path: Path, weather: bytes
) -> None:
    mine = tmp_path / "weather"
    mine.mkdir()
    (mine / CHICAGO).write_bytes(weather)
    (mine / "broken.epw").write_bytes(b"\x00\xff" * 5000)
    (mine / "empty.epw").touch()
    (mine / "readme.txt").write_text("LOCATION,no")
    (mine / "pipe.epw").mkdir()

    with running_api(
        settings.model_copy(update={"weather_directories": (tmp_path / "nowhere", mine)}), tmp_path / "api"
    ) as api:
        found = {item["name"]: item for item in api.get("/api/v1/weather").get_json()["items"]}

    assert found[CHICAGO]["location"] == "San Francisco Intl Ap"
    assert {"broken.epw", "empty.epw", "readme.txt", "pipe.epw"}.isdisjoint(found)


def test_a_class_is_described_with_units_ranges_and_choices(api: Client) -> None:
    answer = api.get("/api/v1/schema/lights")

    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert (said["name"], said["engine"], said["group"]) == ("Lights", "25.2.0", "Internal Gains")
    assert (said["unique"], said["repeated"]) == (False, [])
    fields = {field["name"]: field for field in said["fields"]}
    assert fields["watts_per_floor_area"] | {"text": ""} == {
        "name": "watts_per_floor_area",
        "label": "Watts per Floor Area",
        "type": ["number"],
        "unit": "W/m2",
        "minimum": 0.0,
        "exclusive_minimum": None,
        "maximum": None,
        "exclusive_maximum": None,
        "choices": [],
        "required": False,
        "default": None,
        "refers_to": [],
        "text": "",
    }
    assert fields["design_level_calculation_method"]["choices"] == ["", "LightingLevel", "Watts/Area", "Watts/Person"]
    assert fields["design_level_calculation_method"]["default"] == "LightingLevel"
    assert (fields["schedule_name"]["required"], fields["schedule_name"]["refers_to"]) == (True, ["ScheduleNames"])
    assert fields["name"]["required"]


def test_repeated_fields_and_autosized_ones_are_described(api: Client) -> None:
    shading = api.get("/api/v1/schema/Shading:Site:Detailed?engine=25.2.0").get_json()
    loop = api.get("/api/v1/schema/PlantLoop").get_json()

    assert [field["name"] for field in shading["repeated"]] == [f"vertex_{axis}_coordinate" for axis in "xyz"]
    assert {field["unit"] for field in shading["repeated"]} == {"m"}
    volume = next(field for field in loop["fields"] if field["name"] == "plant_loop_volume")
    assert volume["type"] == ["number", "text"]
    assert "Autocalculate" in volume["choices"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("Lightz", "There is no EnergyPlus class 'Lightz'; did you mean Lights"),
        ("Lights?engine=9.4.0", "There is no engine 9.4.0; there are 25.2.0"),
    ],
)
def test_what_no_engine_has_is_answered_with_what_there_is(api: Client, path: str, said: str) -> None:
    answer = api.get(f"/api/v1/schema/{path}")

    assert answer.status_code == 404
    assert said in answer.get_json()["detail"]
