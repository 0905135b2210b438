"""Sampling methods over HTTP: what is stored, what a dry run says, and what is refused with nothing left behind."""

import json
from typing import Any

import pytest

from shared.study import METHODS
from tests.integration.api.conftest import Client
from tests.integration.api.faults import faults
from tests.integration.api.test_sampling import variants

AXIS = {"name": "axis", "object": "Building", "field": "North Axis"}
RANGED = {**AXIS, "range": [0, 90]}
LIGHTS = {"name": "lights", "object": "Lights", "field": "Watts per Floor Area", "mode": "scale", "range": [0.5, 2]}
WEEK = {"name": "end", "object": "RunPeriod", "field": "End Day of Month", "values": [7]}
PATH = "/api/v1/simulations"
DRY = f"{PATH}?dry_run=true"


def send(api: Client, model: bytes, weather: bytes, path: str, table: bytes | None = None, **spec: Any) -> Any:
    files = {"models": [("a.idf", model)], "weather": [("b.epw", weather)]}
    if table is not None:
        files["table"] = [("table.csv", table)]
    return api.form(path, files, {"spec": json.dumps(spec)})


def test_a_drawn_seed_is_stored_and_gives_the_same_runs_again(api: Client, model: bytes, weather: bytes) -> None:
    sampling: dict[str, Any] = {"method": "latin_hypercube", "count": 6}

    first = send(api, model, weather, PATH, parameters=[RANGED, LIGHTS], sampling=sampling).get_json()
    stored = api.get(f"{PATH}/{first['id']}").get_json()["spec"]["sampling"]
    again = send(api, model, weather, PATH, parameters=[RANGED, LIGHTS], sampling=stored).get_json()

    assert stored == {**sampling, "seed": stored["seed"], "second_order": False}
    assert variants(api, again) == variants(api, first)
    assert len({variant["axis"] for variant in variants(api, first)}) == 6


def test_without_a_seed_a_repeated_request_is_the_same_submission(api: Client, model: bytes, weather: bytes) -> None:
    asked = {"parameters": [RANGED], "sampling": {"method": "random", "count": 2}}

    def once() -> Any:
        return api.submit([("a.idf", model)], [("b.epw", weather)], spec=asked, headers={"Idempotency-Key": "drawn"})

    assert once().get_json()["id"] == once().get_json()["id"]


@pytest.mark.parametrize("is_file", [True, False])
def test_a_table_comes_as_a_file_as_a_text_or_in_the_spec(
    api: Client, model: bytes, weather: bytes, is_file: bool
) -> None:
    csv = "lights,axis\r\n0.5,0\r\n2,45.5\r\n"
    spec: dict[str, Any] = {"parameters": [AXIS, {**LIGHTS, "range": None}], "sampling": {"method": "table"}}
    files = {"models": [("a.idf", model)], "weather": [("b.epw", weather)]}
    texts = {"spec": json.dumps(spec)}

    if is_file:
        answer = api.form(PATH, {**files, "table": [("rows.csv", csv.encode())]}, texts)
    else:
        answer = api.form(PATH, files, {**texts, "table": csv})

    assert answer.status_code == 201, answer.text
    assert variants(api, answer.get_json()) == [{"axis": 0, "lights": 0.5}, {"axis": 45.5, "lights": 2}]
    spec["sampling"] = {"method": "table", "rows": variants(api, answer.get_json())}
    in_spec = send(api, model, weather, PATH, **spec).get_json()
    assert variants(api, in_spec) == variants(api, answer.get_json())


@pytest.mark.usefixtures("nothing_is_left")
def test_a_dry_run_counts_runs_and_says_how_the_design_can_be_enlarged(
    api: Client, model: bytes, weather: bytes
) -> None:
    def tried(count: int | None = None, parameter: dict[str, Any] = RANGED, **sampling: Any) -> dict[str, Any]:
        asked = {**sampling, **({"count": count} if count else {})}
        said: dict[str, Any] = send(api, model, weather, DRY, parameters=[parameter, LIGHTS], sampling=asked).get_json()
        return said

    hypercube = tried(200, method="latin_hypercube")
    assert (hypercube["count"], len(hypercube["variants"])) == (200, 20)
    assert hypercube["sampling"]["count"] == 200
    assert "400" in hypercube["sampling"]["enlarging"]
    assert "0 rows kept" in hypercube["sampling"]["enlarging"]
    seed = hypercube["sampling"]["seed"]
    assert tried(200, method="latin_hypercube", seed=seed)["variants"] == hypercube["variants"]

    assert tried(8, method="saltelli")["count"] == 8 * 4
    assert tried(8, method="saltelli", second_order=True)["count"] == 8 * 6
    assert tried(10, method="morris")["count"] == 10 * 3
    assert "5 levels" in tried(3)["sampling"]["enlarging"]
    plain = send(api, model, weather, DRY, parameters=[{**AXIS, "values": [1]}]).get_json()["sampling"]
    assert (plain["method"], plain["seed"], plain["enlarging"]) == ("grid", None, None)


@pytest.mark.usefixtures("nothing_is_left")
def test_a_dry_run_tries_the_ends_of_a_range_in_the_model(api: Client, model: bytes, weather: bytes) -> None:
    below = {**RANGED, "object": "Lights", "field": "Watts per Floor Area", "range": [-1, 5]}

    said = send(api, model, weather, DRY, parameters=[below], sampling={"method": "halton", "count": 3}).get_json()

    (fault,) = said["errors"]
    assert fault["field"] == "spec.parameters[0].range"
    assert "-1 is out of range; it must be at least 0 W/m2" in fault["message"]


@pytest.mark.usefixtures("nothing_is_left")
def test_a_range_between_whole_numbers_is_refused_for_a_field_of_whole_numbers(
    api: Client, model: bytes, weather: bytes
) -> None:
    zones = {"name": "storeys", "object": "Zone", "field": "Multiplier"}
    asked = [{**zones, "range": [1, 50]}]

    drawn = send(api, model, weather, DRY, parameters=asked, sampling={"method": "random", "count": 3}).get_json()
    levels = send(api, model, weather, DRY, parameters=asked, sampling={"method": "grid", "count": 50}).get_json()

    assert [fault["field"] for fault in drawn["errors"]] == ["spec.parameters[0].range"]
    assert "no whole number" in drawn["errors"][0]["message"]
    assert (levels["errors"], levels["count"]) == ([], 50)
    four = [{**zones, "range": [1, 4]}]
    steps = send(api, model, weather, DRY, parameters=four, sampling={"method": "morris", "count": 2}).get_json()
    assert steps["errors"] == []


@pytest.mark.usefixtures("nothing_is_left")
def test_parameters_that_vary_one_at_a_time_are_tried_alone(api: Client, model: bytes, weather: bytes) -> None:
    def errors(*parameters: dict[str, Any], method: str) -> list[str]:
        said = send(api, model, weather, DRY, parameters=list(parameters), sampling={"method": method}).get_json()
        return [fault["field"] for fault in said["errors"]]

    method = {"name": "m", "object": "Lights", "field": "Design Level Calculation Method", "values": ["Watts/Person"]}
    area = {"name": "a", "object": "Lights", "field": "Watts per Floor Area", "values": [9]}
    person = {"name": "p", "object": "Lights", "field": "Watts per Person", "values": [90]}

    assert errors(method, area, method="one_at_a_time") == []
    assert errors(method, area, method="grid") == ["spec.parameters[1].values[0]"]
    assert errors(method, person, method="one_at_a_time") == ["spec.parameters[1].values[0]"]
    assert errors(method, person, method="grid") == []
    # A group is one factor, whose parameters change together.
    grouped = ({**method, "group": "g"}, area, {**person, "group": "g"})
    assert errors(*grouped, method="one_at_a_time") == []


def test_an_empty_table_of_a_form_is_none(api: Client, model: bytes, weather: bytes) -> None:
    files = {"models": [("a.idf", model)], "weather": [("b.epw", weather)], "table": [("", b"")]}

    assert api.form(PATH, files, {"spec": "{}"}).status_code == 201


@pytest.mark.usefixtures("nothing_is_left")
def test_what_is_wrong_in_a_design_is_refused_by_its_field(api: Client, model: bytes, weather: bytes) -> None:
    listed = {**AXIS, "values": [1]}
    wrong: list[tuple[dict[str, Any], bytes | None, str]] = [
        ({"parameters": [RANGED]}, None, "spec.parameters[0].range"),
        ({"parameters": [RANGED], "sampling": {"method": "one_at_a_time"}}, None, "spec.parameters[0].range"),
        ({"parameters": [{**AXIS, "range": [2, 1]}]}, None, "spec.parameters[0].range"),
        ({"parameters": [{**AXIS, "values": []}]}, None, "spec.parameters[0].values"),
        ({"parameters": [{**listed, "name": "status"}]}, None, "spec.parameters[0].name"),
        ({"parameters": [{**listed, "name": "heating_kwh"}]}, None, "spec.parameters[0].name"),
        ({"parameters": [RANGED], "sampling": {"method": "random"}}, None, "spec.sampling.count"),
        ({"parameters": [RANGED], "sampling": {"method": "random", "count": 501}}, None, "spec.sampling.count"),
        ({"parameters": [RANGED], "sampling": {"method": "saltelli", "count": 3}}, None, "spec.sampling.count"),
        ({"parameters": [AXIS], "sampling": {"method": "table"}}, None, "spec.sampling.rows"),
        ({"parameters": [AXIS], "sampling": {"method": "table"}}, b"axis\n1\nx\n", "table"),
        ({"parameters": [AXIS], "sampling": {"method": "table"}}, b"\xff", "table"),
        ({"parameters": [listed]}, b"axis\n1\n", "table"),
        ({"parameters": [WEEK], "annual": False}, None, "spec.parameters[0].field"),
    ]
    for spec, table, field in wrong:
        for path in (PATH, DRY):
            answer = send(api, model, weather, path, table, **spec)

            assert (answer.status_code, list(faults(answer))) == (422, [field])


@pytest.mark.usefixtures("nothing_is_left")
def test_two_tables_are_refused(api: Client, model: bytes, weather: bytes) -> None:
    files = {"models": [("a.idf", model)], "weather": [("b.epw", weather)], "table": [("a.csv", b"a"), ("b.csv", b"b")]}

    assert faults(api.form(PATH, files, {"spec": "{}"})) == {"table": "is there more than once"}


def test_the_document_describes_every_method_and_its_options(api: Client) -> None:
    schemas = api.get("/api/openapi.json").get_json()["components"]["schemas"]

    described = schemas["Sampling"]["properties"]
    assert set(described) == {"method", "count", "seed", "rows", "second_order"}
    assert all(f"`{name}`: {method.text}" in described["method"]["description"] for name, method in METHODS.items())
    assert schemas["Parameter"]["properties"]["range"]["maxItems"] == 2
