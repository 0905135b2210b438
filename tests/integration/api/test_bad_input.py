"""Invalid requests: the error message names the field and the reason, and no row and no file is left."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from shared.settings import Settings
from tests.integration.api.conftest import Client, Upload, running_api
from tests.integration.api.faults import faults

pytestmark = pytest.mark.usefixtures("nothing_is_left")


@pytest.mark.parametrize("given", [{"models": True}, {"weather": True}])
def test_missing_fields_are_named(api: Client, model: bytes, weather: bytes, given: dict[str, bool]) -> None:
    fields: dict[str, list[Upload]] = {}
    if given.get("models"):
        fields["models"] = [("a.idf", model)]
    if given.get("weather"):
        fields["weather"] = [("b.epw", weather)]

    answer = api.form("/api/v1/simulations", fields, {"spec": "{}"})

    assert answer.status_code == 422
    assert set(faults(answer)) == {"models", "weather"} - set(given)


def test_a_submission_without_any_file_is_refused(api: Client) -> None:
    answer = api.post("/api/v1/simulations", json={})

    assert answer.status_code == 422
    assert {"models", "weather"} <= set(faults(answer))


def test_two_files_of_one_name_are_refused(api: Client, model: bytes, weather: bytes) -> None:
    answer = api.submit([("a.idf", model), ("a.idf", model + b" ")], [("b.epw", weather)])

    assert answer.status_code == 422
    assert "'a.idf'" in faults(answer)["models"]


def test_all_errors_are_reported_at_once(api: Client) -> None:
    answer = api.submit([("a.idf", b"")], [("b.epw", b"")], spec={"annual": "sometimes", "colour": "red"})

    assert answer.status_code == 422
    assert set(faults(answer)) == {"models[0]", "weather[0]", "spec.annual", "spec.colour"}


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("{", "spec"),
        ("[]", "spec"),
        ({"priority": "soon"}, "spec.priority"),
        ({"limits": {"hard_seconds": 1e9}}, "spec.limits.hard_seconds"),
        ({"max_attempts": 1000}, "spec.max_attempts"),
        ({"outputs": [{"key": "*"}]}, "spec.outputs[0].variable"),
        ({"parameters": [{"name": "p", "object": "Lights", "field": "f", "values": []}]}, "spec.parameters[0].values"),
    ],
)
def test_a_spec_that_makes_no_sense_is_refused(
    api: Client, model: bytes, weather: bytes, spec: Any, field: str
) -> None:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec)

    assert answer.status_code == 422
    assert field in faults(answer)


def test_more_runs_than_allowed_are_refused(api: Client, settings: Settings, model: bytes, weather: bytes) -> None:
    many = {"name": "p", "object": "Building", "field": "North Axis", "values": [0.0] * (settings.max_runs + 1)}

    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": [many]})

    assert answer.status_code == 422
    assert str(settings.max_runs) in answer.get_json()["detail"]


def test_a_body_over_the_limit_is_refused(api: Client, settings: Settings, weather: bytes) -> None:
    answer = api.submit([("a.idf", b" " * (settings.max_body_bytes + 1))], [("b.epw", weather)])

    assert answer.status_code == 413
    faults(answer)


def test_a_body_that_stops_short_is_refused(api: Client) -> None:
    body = b'--cut\r\nContent-Disposition: form-data; name="models"; filename="a.idf"\r\n\r\nVersion,25'

    answer = api.post("/api/v1/simulations", data=body, content_type="multipart/form-data; boundary=cut")

    assert answer.status_code == 400
    faults(answer)


@pytest.mark.parametrize("path", ["/api/v1/simulations", "/api/simulation/run/"])
@pytest.mark.parametrize("disposition", ["form-data", 'form-data; filename="a.idf"'])
def test_a_part_without_a_name_is_refused(api: Client, path: str, disposition: str) -> None:
    parts = [disposition, 'form-data; name="colour"']
    body = "".join(f"--cut\r\nContent-Disposition: {part}\r\n\r\nred\r\n" for part in parts) + "--cut--\r\n"

    answer = api.post(path, data=body.encode(), content_type="multipart/form-data; boundary=cut")

    assert answer.status_code == 400
    assert "no name" in answer.get_data(as_text=True)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"models": 3}', b"\xff\xfe"])
def test_json_that_is_no_submission_is_refused(api: Client, body: bytes) -> None:
    answer = api.post("/api/v1/simulations", data=body, content_type="application/json")

    assert answer.status_code in (400, 422)
    faults(answer)


def test_hashes_that_name_nothing_are_refused(api: Client) -> None:
    named = {"models": [{"name": "a.idf", "sha256": "0" * 64}], "weather": [{"name": "b.epw", "sha256": "x"}]}

    answer = api.post("/api/v1/simulations", json=named)

    assert answer.status_code == 422
    assert any(field.startswith(("models[0]", "weather[0]")) for field in faults(answer))


@pytest.mark.parametrize("filename", [None, "x" * 2000])
def test_an_absurd_name_is_refused_and_not_repeated(api: Client, filename: str | None) -> None:
    named = f'name="{"x" * 2000}"' if filename is None else f'name="models"; filename="{filename}"'
    body = f"--cut\r\nContent-Disposition: form-data; {named}\r\n\r\nred\r\n--cut--\r\n".encode()

    answer = api.post("/api/v1/simulations", data=body, content_type="multipart/form-data; boundary=cut")

    assert answer.status_code == 400
    assert len(answer.data) < 1000


def test_what_is_held_in_memory_of_a_form_is_bounded_as_a_whole(settings: Settings, tmp_path: Path) -> None:
    text = b"a" * 1024**2
    part = b'--cut\r\nContent-Disposition: form-data; name="spec"\r\n\r\n' + text + b"\r\n"

    with running_api(settings.model_copy(update={"max_body_bytes": 64 * 1024**2}), tmp_path / "large") as api:
        # Each field is small enough, and there are not too many parts.
        answer = api.post(
            "/api/v1/simulations", data=part * 18 + b"--cut--", content_type="multipart/form-data; boundary=cut"
        )

    assert answer.status_code == 413
    faults(answer)


def test_a_form_that_is_not_multipart_is_not_taken_apart(api: Client) -> None:
    answer = api.post("/api/simulation/run/", data=b"&a" * 50_000, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"annual": true, "annual": false}', "'annual' is there twice"),
        ('{"limits": {"hard_seconds": 1, "hard_seconds": 2}}', "'hard_seconds' is there twice"),
        ('{"models": [' + "{}," * 250_000 + "{}]}", "more than"),
    ],
)
def test_json_that_is_too_large_or_too_deep_is_refused(api: Client, body: str, said: str) -> None:
    answer = api.post("/api/v1/simulations", data=body, content_type="application/json")

    assert answer.status_code == 400
    assert said in answer.get_json()["detail"]


def test_of_very_many_errors_only_some_are_reported(api: Client) -> None:
    answer = api.post("/api/v1/simulations", json={f"colour{number}": 1 for number in range(5000)})

    assert answer.status_code == 422
    assert len(answer.get_json()["errors"]) == 100
    assert "more" in answer.get_json()["detail"]


@pytest.mark.parametrize("owner", ["", "a" * 101, "a\tb"])
def test_an_owner_that_is_no_name_is_refused(api: Client, model: bytes, weather: bytes, owner: str) -> None:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], headers={"X-EPSM-Owner": owner})

    assert answer.status_code == 422


@pytest.mark.parametrize("missing", ["idf_files", "weather_file"])
def test_the_legacy_contract_has_its_own_error_for_missing_files(
    api: Client, model: bytes, weather: bytes, missing: str
) -> None:
    fields = {"idf_files": [("a.idf", model)], "weather_file": [("b.epw", weather)]}
    del fields[missing]

    answer = api.form("/api/simulation/run/", fields)

    assert (answer.status_code, answer.get_json()) == (400, {"error": "Missing required files"})


def test_the_legacy_contract_reports_errors_of_a_file(api: Client, weather: bytes) -> None:
    answer = api.form("/api/simulation/run/", {"idf_files": [("a.idf", b"")], "weather_file": [("b.epw", weather)]})

    assert answer.status_code == 400
    assert "empty" in answer.get_json()["error"]


@pytest.mark.parametrize(
    "path",
    ["simulations/{}", "simulations/{}/runs", "runs/{}", "runs/{}/messages", "runs/{}/log", "runs/{}/files/a.txt"],
)
@pytest.mark.parametrize("name", ["00000000-0000-0000-0000-000000000000", "no-uuid", "..%2f..%2fetc", "%00"])
def test_unknown_and_malformed_ids_are_not_found(api: Client, path: str, name: str) -> None:
    answer = api.get(f"/api/v1/{path.format(name)}")

    assert answer.status_code == 404
    faults(answer)


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=100000", "cursor=nonsense", "status=asleep"])
def test_list_arguments_that_make_no_sense_are_refused(api: Client, query: str) -> None:
    answer = api.get(f"/api/v1/simulations?{query}")

    assert answer.status_code == 422
    assert query.partition("=")[0] in faults(answer)


@pytest.mark.parametrize("moment", ["2000-01-01T00:00:00+16:00", "2000-01-01T00:00:00-23:59"])
@pytest.mark.parametrize("field", ["created_after", "created_before"])
def test_a_time_in_an_unusual_zone_is_a_time(api: Client, field: str, moment: str) -> None:
    assert api.get("/api/v1/simulations", query_string={field: moment}).status_code == 200


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2000-01-01T00:00:00+25:00"]
)
def test_a_time_that_no_calendar_has_is_refused(api: Client, moment: str) -> None:
    answer = api.get("/api/v1/simulations", query_string={"created_after": moment})

    assert answer.status_code == 422
    assert "created_after" in faults(answer)


@pytest.mark.parametrize("moment", ["2000-01-01T00:00:00+16:00", "0001-01-01T00:00:00+01:00"])
def test_a_cursor_made_by_hand_is_one_of_the_list_or_refused(api: Client, moment: str) -> None:
    made = json.dumps(["simulations", moment, "00000000-0000-0000-0000-000000000000"]).encode()
    cursor = base64.urlsafe_b64encode(made).decode().rstrip("=")

    assert api.get("/api/v1/simulations", query_string={"cursor": cursor}).status_code in (200, 422)
