"""Invalid requests of the old contract: a status that the old page knows, a sentence, and nothing is stored."""

from typing import Any

import pytest

from api_service.legacy import resources
from tests.integration.api.conftest import Client, Upload
from tests.integration.api.forms import zipped

UNKNOWN = "00000000-0000-0000-0000-000000000000"
RUN = "/api/simulation/run/"
PARSE = ("/api/parse/idf/", "/api/simulation/parse/idf/")
READ = {
    "status": "Simulation not found",
    "parallel-results": "Simulation not found",
    "results": "Simulation not found",
    "download": "Simulation results not found",
}
NOTHING_STORED = {"simulations": 0, "runs": 0, "artifacts": 0, "simulation_inputs": 0, "events": 0}


@pytest.mark.parametrize("name", [UNKNOWN, "nonsense", "%00", "1"])
@pytest.mark.parametrize("what", READ)
def test_an_unknown_or_malformed_id_is_not_found(api: Client, what: str, name: str) -> None:
    answer = api.get(f"/api/simulation/{name}/{what}/")

    assert (answer.status_code, answer.get_json()) == (404, {"error": READ[what]})


@pytest.mark.parametrize("what", [*(f"{UNKNOWN}/{what}/" for what in READ), "results/", "system-resources/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_is_read_cannot_be_written(api: Client, what: str, method: str) -> None:
    answer = api.call(method, f"/api/simulation/{what}")

    assert answer.status_code == 405
    assert set(answer.get_json()) == {"error"}


@pytest.mark.parametrize("path", PARSE)
def test_models_cannot_be_read_with_get(api: Client, path: str) -> None:
    answer = api.get(path)

    assert answer.status_code == 405
    assert answer.get_json()["message"] == answer.get_json()["error"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=-1", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("offset=10001", "offset"),
        ("user_id=%00", "user_id"),
        (f"scenario_id={'x' * 101}", "scenario_id"),
    ],
)
def test_a_parameter_out_of_range_is_named(api: Client, query: str, field: str) -> None:
    answer = api.get(f"/api/simulation/results/?{query}")

    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(f"{field}: ")


def test_the_largest_page_is_taken(api: Client) -> None:
    answer = api.get("/api/simulation/results/?limit=500&offset=10000")

    assert (answer.status_code, answer.get_json()) == (200, [])


@pytest.mark.parametrize(
    ("texts", "field", "said"),
    [
        ({"scenario_id": "23"}, "scenario_id", "EPSM_LEGACY_DATABASE_URL is not set"),
        ({"construction_mode": "per_construction"}, "construction_mode", "needs a scenario_id"),
        ({"colour": "red"}, "colour", "is not a field of a submission"),
        ({"annual": "true"}, "annual", "is not a field of a submission"),
    ],
)
def test_a_field_that_would_change_nothing_is_refused(
    api: Client, model: bytes, weather: bytes, texts: dict[str, str], field: str, said: str
) -> None:
    fields: dict[str, list[Upload]] = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)]}

    answer = api.form(RUN, fields, {"parallel": "true", **texts})

    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(f"{field}: ")
    assert said in answer.get_json()["error"]
    assert api.count_rows() == NOTHING_STORED


def test_a_file_in_an_unknown_field_is_refused(api: Client, model: bytes, weather: bytes) -> None:
    fields = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)], "more": [("c.idf", model)]}

    answer = api.form(RUN, fields)

    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (400, "more")


def test_an_empty_scenario_is_none(api: Client, model: bytes, weather: bytes) -> None:
    fields: dict[str, list[Upload]] = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)]}

    answer = api.form(RUN, fields, {"scenario_id": "", "batch_mode": "true"})

    assert answer.status_code == 200


@pytest.mark.parametrize("path", PARSE)
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("", b"")], "No files provided"),
        ([("a.idf", b"")], "the file is empty"),
        ([("a.idf", b"Zone, A")], "does not end"),
        ([("a.txt", b"Version,25.2;")], "must end in .idf or .epJSON"),
        ([("b.epw", b"LOCATION,x")], "must end in .idf or .epJSON"),
        ([("a.idf", b"Version,23.2;")], "the model is for EnergyPlus 23.2"),
        ([("a.idf", b"Version,25.2;"), ("a.idf", b"Version,25.2;Zone,A;")], "2 files are called 'a.idf'"),
        ([("a.zip", zipped({"b.epw": b"LOCATION,x"}))], "there is no model in 'a.zip'"),
        ([("a.idf", b"Version,25.2;Wall:Exterior,W,C,Z,,0,90,0,0,0,1e200,1e200;")], "too large for an area"),
    ],
)
def test_a_model_that_cannot_be_read_is_refused_in_the_page_s_words(
    api: Client, path: str, files: list[Upload], said: str
) -> None:
    answer = api.form(path, {"files": files})

    assert answer.status_code == 400
    assert said in answer.get_json()["error"]
    assert answer.get_json()["message"] == answer.get_json()["error"]
    assert api.count_rows() == NOTHING_STORED
    assert api.left_files() == []


def test_models_without_a_form_are_no_files(api: Client) -> None:
    answer = api.post(PARSE[0], json={"files": []})

    assert (answer.status_code, answer.get_json()["message"]) == (400, "No files provided")


def test_a_model_without_surfaces_has_no_areas(api: Client) -> None:
    answer = api.form(PARSE[0], {"files": [("a.idf", b"Version,25.2;Zone,A;")]})

    assert answer.status_code == 200
    assert answer.get_json()["element_quantities"] == dict.fromkeys(
        ("wall_area", "roof_area", "floor_area", "window_area"), 0.0
    )
    zone = answer.get_json()["zones"][0]
    assert zone["properties"] == {"area": 0.0, "volume": None, "ceilingHeight": None}


def test_several_models_and_those_of_archives_are_added_up(api: Client) -> None:
    room = b"Version,25.2;Zone,A;Wall:Exterior,W,Brick,A,,0,90,0,0,0,4,3;Construction,Brick,Clay;"
    files: list[Upload] = [("a.idf", room), ("more.zip", zipped({"b.idf": room + b"\n"}))]

    body: dict[str, Any] = api.form(PARSE[0], {"files": files}).get_json()

    assert body["element_quantities"]["wall_area"] == 24.0
    assert [zone["id"] for zone in body["zones"]] == ["a.idf:Zone:A", "b.idf:Zone:A"]
    first = body["constructions"][0]
    assert (first["type"], first["properties"]) == ("wall", {"layers": ["Clay"], "surfaceCount": 1, "totalArea": 12.0})


def test_with_sign_in_nothing_is_answered_without_a_token(closed: Client) -> None:
    paths = ["results/", "system-resources/", *(f"{UNKNOWN}/{what}/" for what in READ)]
    for path in paths:
        answer = closed.client.get(f"/api/simulation/{path}")
        assert (answer.status_code, answer.get_json()) == (401, {"error": "A valid token is needed"}), path
    for path in PARSE:
        answer = closed.client.post(path)
        assert (answer.status_code, answer.get_json()["message"]) == (401, "A valid token is needed"), path


def test_another_owner_is_refused_at_each_and_sees_nothing_in_lists(
    closed: Client, anna: Client, model: bytes, weather: bytes
) -> None:
    fields: dict[str, list[Upload]] = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)]}
    simulation = anna.form(RUN, fields).get_json()["simulation_id"]
    (run,) = anna.runs(simulation)
    anna.succeed(run, {"eplusout.err": b"fine"})
    bert = closed.calling_as("bert")

    for what, error in READ.items():
        assert anna.get(f"/api/simulation/{simulation}/{what}/").status_code == 200
        answer = bert.get(f"/api/simulation/{simulation}/{what}/")
        assert (answer.status_code, answer.get_json()) == (404, {"error": error})
    assert len(anna.get("/api/simulation/results/").get_json()) == 1
    for query in ("", "?user_id=anna"):
        assert bert.get(f"/api/simulation/results/{query}").get_json() == []
    assert bert.get("/api/simulation/system-resources/").status_code == 200


def test_a_machine_that_says_nothing_about_itself_is_an_error_with_a_reason(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise OSError("no /proc here")

    monkeypatch.setattr(resources, "read_machine", refuse)

    answer = api.get("/api/simulation/system-resources/")

    said = "The machine's resources cannot be read"
    assert (answer.status_code, answer.get_json()) == (
        500,
        {"error": said, "detail": "no /proc here", "message": said},
    )
