"""Parameters that vary an input: each variant has its own weather file or model, instead of every one of them."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from shared.energyplus.installation import weather_directories
from tests.integration.api.conftest import Client, Upload
from tests.integration.api.faults import faults

DENVER, TAMPA = (
    next(path.name for path in sorted(weather_directories()[0].glob("*.epw")) if place in path.name)
    for place in ("Golden", "Tampa")
)
AXIS = {"name": "axis", "object": "Building", "field": "North Axis", "values": [0, 90]}
CITY = {"name": "city", "input": "weather", "values": [DENVER, TAMPA]}
SIZE = {"name": "size", "input": "model", "values": ["a.idf", "b.idf"]}
#: A weather file moves together with a property of the building.
TURNED = {**AXIS, "group": "climate"}


def send(
    api: Client, model: bytes, path: str = "", *, weather: Sequence[Upload] = (), table: str = "", **spec: Any
) -> Any:
    files: dict[str, Sequence[Upload]] = {"models": [("a.idf", model), ("b.idf", model)], "weather": weather}
    texts = {"spec": json.dumps(spec)} | ({"table": table} if table else {})
    return api.form(f"/api/v1/simulations{path}", files, texts)


def made(api: Client, answer: Any) -> list[tuple[Any, ...]]:
    """Model, weather file and parameters of each run, in their order."""
    assert answer.status_code == 201, answer.text
    runs = api.runs(answer.get_json()["id"])
    assert [run["index"] for run in runs] == list(range(answer.get_json()["counts"]["total"]))
    return [(run["model"], run["weather"], run["parameters"]) for run in runs]


def test_each_variant_runs_with_its_own_weather_alone(api: Client, model: bytes) -> None:
    answer = send(api, model, parameters=[{**CITY, "group": "climate"}, TURNED])

    assert made(api, answer) == [
        (name, weather, {"city": weather, "axis": axis})
        for name in ("a.idf", "b.idf")
        for weather, axis in ((DENVER, 0), (TAMPA, 90))
    ]
    simulation = api.get(f"/api/v1/simulations/{answer.get_json()['id']}").get_json()
    assert simulation["spec"]["parameters"][0] == {
        "name": "city",
        "mode": "input",
        "input": "weather",
        "values": [DENVER, TAMPA],
        "range": None,
        "group": "climate",
    }


def test_a_model_that_varies_is_not_crossed_and_keeps_its_engine(api: Client, model: bytes, weather: bytes) -> None:
    answer = send(api, model, weather=[("w.epw", weather)], parameters=[SIZE, AXIS])

    assert made(api, answer) == [
        (size, "w.epw", {"size": size, "axis": axis}) for size in ("a.idf", "b.idf") for axis in (0, 90)
    ]
    assert {run["engine"] for run in api.runs(answer.get_json()["id"])} == {"25.2.0"}


def test_a_worker_gets_the_files_of_the_variant(api: Client, model: bytes) -> None:
    answer = send(api, model, parameters=[SIZE, CITY])

    last = api.runs(answer.get_json()["id"])[-1]
    claimed = api.start(last)
    assert (claimed.model.name, claimed.weather.name) == ("b.idf", TAMPA)
    assert len(api.runs(answer.get_json()["id"])) == 4


def test_baselines_are_of_the_models_and_weather_files_that_run_together(api: Client, model: bytes) -> None:
    pairs = [{**CITY, "group": "both"}, {**SIZE, "group": "both"}]
    spec: dict[str, Any] = {"parameters": [*pairs, AXIS], "baseline": True}

    tried = send(api, model, "?dry_run=true", **spec).get_json()
    runs = made(api, send(api, model, **spec))

    assert tried["count"] == len(runs) == 6
    assert runs[:2] == [("a.idf", DENVER, {}), ("b.idf", TAMPA, {})]
    assert [run[:2] for run in runs[2:]] == [("a.idf", DENVER)] * 2 + [("b.idf", TAMPA)] * 2
    crossed = made(api, send(api, model, parameters=[CITY], baseline=True))
    assert [run[:2] for run in crossed[:4]] == [(m, w) for m in ("a.idf", "b.idf") for w in (DENVER, TAMPA)]
    assert len(crossed) == 8


def test_a_dry_run_shows_the_files_of_the_variants(api: Client, model: bytes) -> None:
    said = send(api, model, "?dry_run=true", parameters=[CITY, AXIS]).get_json()

    assert (said["count"], said["errors"]) == (8, [])
    assert said["variants"][2] == {"index": 2, "parameters": {"city": TAMPA, "axis": 0}}
    assert [item["name"] for item in said["weather"]] == [DENVER, TAMPA]
    assert said["models"][0]["parameters"] == [{"name": "axis", "objects": 1}]


@pytest.mark.parametrize("method", ["random", "latin_hypercube", "sobol", "halton", "saltelli", "morris"])
def test_sampling_methods_draw_files_like_values_of_a_list(api: Client, model: bytes, method: str) -> None:
    axis = {"name": "axis", "object": "Building", "field": "North Axis", "range": [0, 90]}

    runs = made(api, send(api, model, parameters=[CITY, axis], sampling={"method": method, "count": 4, "seed": 1}))

    assert {weather for _, weather, _ in runs} == {DENVER, TAMPA}
    assert all(weather == values["city"] for _, weather, values in runs)


def test_a_run_that_changes_something_else_has_the_first_file(api: Client, model: bytes) -> None:
    spec: dict[str, Any] = {"parameters": [AXIS, CITY], "sampling": {"method": "one_at_a_time"}}

    runs = made(api, send(api, model, **spec))[:4]

    assert runs == [
        *(("a.idf", DENVER, {"axis": axis}) for axis in (0, 90)),
        *(("a.idf", weather, {"city": weather}) for weather in (DENVER, TAMPA)),
    ]


def test_rows_of_a_table_name_files(api: Client, model: bytes, weather: bytes) -> None:
    # Decomposed, as some systems write it.
    names = "Zu\u0308rich.epw", "Z\u00fcrich.epw"
    spec: dict[str, Any] = {
        "parameters": [{"name": "city", "input": "weather"}, {**AXIS, "values": []}],
        "sampling": {"method": "table"},
    }
    csv = f"city,axis\n{names[0]},0\n{TAMPA},90\n"

    runs = made(api, send(api, model, weather=[(names[1], weather)], table=csv, **spec))

    assert [run[1] for run in runs] == [names[1], TAMPA] * 2
    wrong = send(api, model, table="city,axis\nParis.epw,0\n2020,1\n", **spec)
    assert faults(wrong)["table"] == "row 3, column city: must be the name of a file"
    unknown = send(api, model, table="city,axis\nParis.epw,0\n", **spec)
    said = faults(unknown)["table"]
    assert said.startswith("row 2, column city: no weather file of this submission")
    spec["sampling"]["rows"] = [{"city": TAMPA, "axis": 0}, {"city": "Paris.epw", "axis": 0}]
    assert "no weather file of this submission" in faults(send(api, model, **spec))["spec.sampling.rows[1].city"]


@pytest.mark.usefixtures("nothing_is_left")
def test_a_number_is_no_name_of_a_file_in_a_table(api: Client, model: bytes) -> None:
    spec: dict[str, Any] = {"parameters": [{**CITY, "values": []}], "sampling": {"method": "table"}}

    first = faults(send(api, model, table=f"city\n5\n{TAMPA}\n", **spec))
    alone = faults(send(api, model, **{**spec, "sampling": {"method": "table", "rows": [{"city": 5}]}}))

    assert first["table"] == "row 2, column city: must be the name of a file"
    assert alone["spec.sampling.rows[0].city"] == "must be the name of a file"


def test_in_a_group_each_model_is_asked_about_its_own_values(api: Client, model: bytes) -> None:
    other = model.replace(b"0.4,                            !- Fraction Radiant", b"0.1,")
    sizes = {**SIZE, "group": "both"}
    light = {"name": "light", "object": "Lights", "field": "Fraction Radiant", "mode": "scale", "group": "both"}
    files: dict[str, Sequence[Upload]] = {"models": [("a.idf", model), ("b.idf", other)]}

    own, crossed = (
        api.form(
            "/api/v1/simulations?dry_run=true",
            files,
            {"spec": json.dumps({"parameters": [sizes, {**light, "values": values}]})},
        ).get_json()["errors"]
        for values in ([1, 3], [3, 1])
    )

    assert [error["field"] for error in own] == ["weather"]
    assert [error["field"] for error in crossed] == ["weather", "spec.parameters[1].values[0]"]


@pytest.mark.parametrize(
    ("parameter", "field", "said"),
    [
        ({"input": "schedule"}, "input", "must be model or weather"),
        ({"input": 5}, "input", "Not a valid string"),
        ({"input": "weather", "mode": "set"}, "mode", "must not be given together with input"),
        ({"input": "weather", "object": "Lights"}, "object", "must not be given together with input"),
        ({"input": "weather", "measure": "orientation"}, "input", "must not be given together with measure"),
        ({"input": "weather", "options": {}}, "options", "must not be given together with input"),
        ({"input": "weather", "range": [0, 1]}, "range", "names of files as values"),
        ({"input": "weather", "values": []}, "values", "must have at least one value"),
        ({"input": "weather", "values": [DENVER, 5]}, "values[1]", "must be the name of a file"),
        ({"input": "weather", "values": ["w\n.epw"]}, "values[0]", "control characters"),
        ({"input": "weather", "values": ["Paris.epw"]}, "values[0]", "and no installed one, is called 'Paris.epw'"),
        ({"input": "weather", "values": [DENVER[:-5] + ".epw"]}, "values[0]", f"did you mean '{DENVER}'?"),
        ({"input": "model", "values": ["a.idf", "b.idf", "c.idf"]}, "values[2]", "no model of this submission is"),
        ({"input": "model", "values": [DENVER, "a.idf", "b.idf"]}, "values[0]", "no model of this submission is"),
    ],
)
@pytest.mark.usefixtures("nothing_is_left")
def test_what_is_no_choice_of_files_is_refused_with_its_field(
    api: Client, model: bytes, weather: bytes, parameter: dict[str, Any], field: str, said: str
) -> None:
    answer = send(api, model, weather=[("w.epw", weather)], parameters=[AXIS, {"name": "p", **parameter}])

    assert answer.status_code == 422
    assert said in faults(answer)[f"spec.parameters[1].{field}"]


@pytest.mark.usefixtures("nothing_is_left")
def test_a_file_that_no_run_would_use_is_refused(api: Client, model: bytes, weather: bytes) -> None:
    one = send(api, model, weather=[("w.epw", weather)], parameters=[CITY])
    named = json.dumps({"parameters": [{**CITY, "values": [TAMPA]}], "weather": [DENVER]})
    installed = api.form("/api/v1/simulations", {"models": [("a.idf", model)]}, {"spec": named})
    unused = send(api, model, weather=[("w.epw", weather)], parameters=[{**SIZE, "values": ["b.idf"]}])

    assert "w.epw': no value of city names it" in faults(one)["weather[0]"]
    assert f"'{DENVER}': no value of city names it" in faults(installed)["spec.weather[0]"]
    assert "'a.idf': no value of size names it" in faults(unused)["models[0]"]


@pytest.mark.usefixtures("nothing_is_left")
def test_an_input_has_one_parameter(api: Client, model: bytes) -> None:
    answer = send(api, model, parameters=[CITY, SIZE, {**CITY, "name": "town"}])

    assert "is the input of city already" in faults(answer)["spec.parameters[2].input"]


@pytest.mark.usefixtures("nothing_is_left")
def test_a_submission_of_stored_files_names_the_field_too(api: Client) -> None:
    answer = api.post("/api/v1/simulations", json={"parameters": [{**CITY, "values": ["Paris.epw"]}]})

    assert "is called 'Paris.epw'" in faults(answer)["parameters[0].values[0]"]


def test_more_files_than_are_allowed_are_not_looked_for(api: Client, model: bytes) -> None:
    many = {**CITY, "values": [f"{number}.epw" for number in range(30)]}

    assert "more than the 20 files" in faults(send(api, model, parameters=[many]))["spec.parameters[0].values[0]"]


def test_the_same_key_with_other_files_is_another_submission(api: Client, model: bytes) -> None:
    texts = [json.dumps({"parameters": [{**CITY, "values": values}]}) for values in ([DENVER, TAMPA], [TAMPA, DENVER])]
    key = {"Idempotency-Key": "cities"}

    first, other, again = (
        api.form("/api/v1/simulations", {"models": [("a.idf", model)]}, {"spec": text}, headers=key)
        for text in (*texts, texts[0])
    )

    assert (first.status_code, other.status_code) == (201, 422)
    assert again.get_json()["id"] == first.get_json()["id"]
