"""Submissions of one ZIP archive with a whole project: it is sorted, its folders are taken off."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.api.conftest import Client
from tests.integration.api.forms import zipped


def inputs(simulation: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(item["role"], item["name"]) for item in simulation["inputs"]}


#: Members that no simulation reads.
SKIPPED = (
    *("__MACOSX/project/._a.idf", "project/.DS_Store", "project/Thumbs.db", "project/desktop.ini", "project/.git/HEAD"),
    *("project/results/eplusout.err", "project/results/eplustbl.htm", "project/results/eplusout.json"),
    *("project/weather/x.ddy", "project/weather/x.stat", "project/weather/x.clm"),
)


@pytest.fixture
def project(model: bytes, weather: bytes) -> dict[str, bytes]:
    """The members of an archive with everything: models, weather, side files, in folders, and skipped files."""
    scheduled = model + b"\nSchedule:File,Extra,,occ.csv,1,0;\n"
    return {
        "project/": b"",
        "project/models/": b"",
        "project/models/a.idf": scheduled,
        "project/models/old/b.IDF": model,
        "project/weather/x.epw": weather,
        "project/schedules/occ.csv": b"1\n" * 8760,
        "project/schedules/copy/occ.csv": b"1\n" * 8760,
        "project/notes.json": b'{"author": "A"}',
        **dict.fromkeys(SKIPPED, b"\x00"),
    }


@pytest.mark.parametrize("field", ["models", "weather", "files"])
def test_an_archive_of_a_project_sorts_itself_in_any_field(
    api: Client, project: Mapping[str, bytes], field: str
) -> None:
    answer = api.form("/api/v1/simulations", {field: [("project.zip", zipped(project))]})

    assert answer.status_code == 201, answer.get_json()
    simulation = answer.get_json()
    assert inputs(simulation) == {
        ("model", "a.idf"),
        ("model", "b.IDF"),
        ("weather", "x.epw"),
        ("file", "occ.csv"),
        ("file", "notes.json"),
    }
    assert len(simulation["inputs"]) == 5
    runs = [(run["model"], run["weather"]) for run in api.runs(simulation["id"])]
    assert runs == [("a.idf", "x.epw"), ("b.IDF", "x.epw")]
    stored = next(item for item in simulation["inputs"] if item["name"] == "a.idf")
    assert api.get(stored["href"]).data == project["project/models/a.idf"]


def test_the_same_archive_in_two_fields_counts_once(api: Client, project: Mapping[str, bytes]) -> None:
    archive = [("project.zip", zipped(project))]

    answer = api.submit(archive, archive)

    assert answer.status_code == 201, answer.get_json()
    assert len(answer.get_json()["inputs"]) == 5


def test_files_beside_an_archive_keep_the_role_of_their_field(
    api: Client, model: bytes, weather: bytes, project: Mapping[str, bytes]
) -> None:
    answer = api.submit([("c.idf", model)], [("p.zip", zipped(project))], [("design.rain", b"x"), ("d.idf", model)])

    assert answer.status_code == 201, answer.get_json()
    assert {("model", "c.idf"), ("file", "design.rain"), ("file", "d.idf")} < inputs(answer.get_json())


def test_a_json_member_is_a_model_when_it_is_epjson(api: Client, weather: bytes) -> None:
    epjson = json.dumps({"Version": {"Version 1": {"version_identifier": "25.2"}}, "Building": {"B": {}}}).encode()

    answer = api.submit([("p.zip", zipped({"m/a.json": epjson, "d/b.json": b"[1]", "w/w.epw": weather}))], [])

    assert answer.status_code == 201, answer.get_json()
    assert inputs(answer.get_json()) == {("model", "a.json"), ("weather", "w.epw"), ("file", "b.json")}


def test_a_weather_archive_with_design_days_and_statistics_is_weather(
    api: Client, model: bytes, weather: bytes
) -> None:
    beside = {f"Town_TMYx.{suffix}": b"x" for suffix in ("ddy", "stat", "clm", "wea", "pvsyst", "rain")}

    answer = api.submit([("a.idf", model)], [("town.zip", zipped({**beside, "Town_TMYx.epw": weather}))])

    assert answer.status_code == 201, answer.get_json()
    assert inputs(answer.get_json()) == {("model", "a.idf"), ("weather", "Town_TMYx.epw")}


def test_members_of_one_name_and_two_contents_are_refused_with_both_paths(
    api: Client, project: dict[str, bytes]
) -> None:
    project["project/schedules/copy/occ.csv"] = b"0\n" * 8760

    answer = api.submit([("project.zip", zipped(project))], [])

    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert fault["field"] == "models[0]"
    assert "'project/schedules/occ.csv' in 'project.zip'" in fault["message"]
    assert "'project/schedules/copy/occ.csv' in 'project.zip'" in fault["message"]
    assert api.left_files() == []


def test_an_archive_without_models_or_weather_is_named(api: Client, model: bytes) -> None:
    answer = api.submit([("p.zip", zipped({"p/a.idf": model, "p/b.csv": b"1"}))], [])

    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert fault["field"] == "weather"
    assert fault["message"].endswith("there is no weather file in 'p.zip'")


@pytest.mark.parametrize(
    ("member", "content", "said"),
    [
        ("p/x/CON.csv", b"1", "a device"),
        ("p/x/empty.csv", b"", "the file is empty"),
        ("p/x/b.idf", b"Version,9.4;", "the model is for EnergyPlus 9.4"),
        ("p/x/y.epw", b"LOCATION", "an EPW weather file has"),
        ("p/x/data.zip", b"PK\x03\x04", "is an archive itself"),
        ("p/../../x.csv", b"1", "leads to another directory"),
        ("/etc/x.csv", b"1", "leads to another directory"),
    ],
)
def test_a_refused_member_is_named_with_its_path_and_archive(
    api: Client, project: dict[str, bytes], member: str, content: bytes, said: str
) -> None:
    project[member] = content

    answer = api.submit([("project.zip", zipped(project))], [])

    assert answer.status_code == 422
    messages = [fault["message"] for fault in answer.get_json()["errors"]]
    assert all(repr(member) in text and "'project.zip'" in text for text in messages)
    assert any(said in text for text in messages)
    assert api.left_files() == []


@pytest.mark.parametrize("field", ["idf_files", "idf_files[]", "weather_file"])
def test_the_old_contract_sorts_an_archive_of_a_project(
    api: Client, project: Mapping[str, bytes], weather: bytes, field: str
) -> None:
    archive = ("project.zip", zipped(project))

    answer = api.form("/api/simulation/run/", {field: [archive]})

    assert (answer.status_code, answer.get_json()["file_count"]) == (200, 2)
    simulation = api.get(f"/api/v1/simulations/{answer.get_json()['simulation_id']}").get_json()
    assert ("file", "occ.csv") in inputs(simulation)
    again = api.form("/api/simulation/run/", {"idf_files": [archive], "weather_file": [("x.epw", weather)]})
    assert again.status_code == 200


def test_the_old_contract_takes_one_weather_file_in_all(api: Client, project: dict[str, bytes], weather: bytes) -> None:
    fields = {"idf_files": [("p.zip", zipped(project))], "weather_file": [("w.epw", weather)]}

    answer = api.form("/api/simulation/run/", fields)

    assert answer.status_code == 400
    assert "must be one file; there are 'project/weather/x.epw' in 'p.zip', 'w.epw'" in answer.get_json()["error"]


def test_the_old_contract_names_an_archive_that_lacks_something(api: Client, model: bytes) -> None:
    answer = api.form("/api/simulation/run/", {"idf_files": [("p.zip", zipped({"a.idf": model}))]})

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "Missing required files; there is no weather file in 'p.zip'"
