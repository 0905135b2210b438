"""The spec's `profile`: which series the runs of a submission have."""

from typing import Any

import pytest

from shared.request import preparation
from tests.integration.api.conftest import Client
from tests.integration.api.faults import faults


def submit(api: Client, model: bytes, weather: bytes, spec: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec, headers=headers)


def test_a_run_is_prepared_with_the_profile_that_was_asked_for(api: Client, model: bytes, weather: bytes) -> None:
    outputs = [{"variable": "Zone Air Relative Humidity"}]
    first = submit(api, model, weather, {})
    hourly = submit(api, model, weather, {"profile": "hourly", "outputs": outputs})

    assert first.get_json()["spec"]["profile"] == "as_authored"
    assert hourly.get_json()["spec"]["profile"] == "hourly"
    claimed = api.start(api.runs(hourly.get_json()["id"])[0])
    asked = preparation(claimed.spec, {})
    assert (asked.profile, [output.variable for output in asked.outputs or ()]) == (
        "hourly",
        ["Zone Air Relative Humidity"],
    )


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize("profile", ["weekly", "Hourly", "", None, 5, ["hourly"]])
def test_what_is_no_profile_is_refused_with_its_field(
    api: Client, model: bytes, weather: bytes, profile: object
) -> None:
    answer = submit(api, model, weather, {"profile": profile})

    assert answer.status_code == 422
    assert "spec.profile" in faults(answer)


def test_the_default_by_its_name_is_the_same_submission_and_another_profile_is_not(
    api: Client, model: bytes, weather: bytes
) -> None:
    first, by_name, other = (
        submit(api, model, weather, spec, key="once")
        for spec in ({}, {"profile": "as_authored"}, {"profile": "summary"})
    )

    assert by_name.get_json()["id"] == first.get_json()["id"]
    assert other.status_code == 422


def test_the_document_names_the_profiles(api: Client) -> None:
    schema = api.get("/api/openapi.json").get_json()["components"]["schemas"]["Submission"]

    assert schema["properties"]["profile"]["enum"] == ["as_authored", "summary", "hourly"]
