"""Submissions whose files come in ZIP archives."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from shared.settings import Settings
from tests.integration.api.conftest import Client


def zipped(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in members.items():
            into.writestr(name, content)
    return made.getvalue()


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
    answer = api.submit([("c.idf", model)], [("p.zip", zipped(project))], [("design.ddy", b"x"), ("d.idf", model)])

    assert answer.status_code == 201, answer.get_json()
    assert {("model", "c.idf"), ("file", "design.ddy"), ("file", "d.idf")} < inputs(answer.get_json())


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
        ("p/x/b.idf", b"Building,B;", "there is no Version object"),
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


def test_the_members_of_an_archive_are_the_files_of_the_submission(api: Client, model: bytes, weather: bytes) -> None:
    scheduled = model + b"\nSchedule:File,Extra,,hours.csv,1,0;\n"
    models = zipped({"office/a.idf": scheduled, "office/b.idf": model + b"\n", "__MACOSX/office/._a.idf": b"x"})
    files = zipped({"hours.csv": b"1\n" * 8760})

    answer = api.submit(
        [("models.zip", models), ("c.idf", model)], [("towns.zip", zipped({"w.epw": weather}))], [("files.zip", files)]
    )

    assert answer.status_code == 201, answer.get_json()
    simulation = answer.get_json()
    assert {(item["role"], item["name"]) for item in simulation["inputs"]} == {
        ("model", "a.idf"),
        ("model", "b.idf"),
        ("model", "c.idf"),
        ("weather", "w.epw"),
        ("file", "hours.csv"),
    }
    assert [run["model"] for run in api.runs(simulation["id"])] == ["a.idf", "b.idf", "c.idf"]
    stored = next(item for item in simulation["inputs"] if item["name"] == "a.idf")
    assert api.get(stored["href"]).data == scheduled
    assert [path for path in api.left_files() if api.scratch in path.parents] == []


def test_an_archive_s_name_does_not_matter(api: Client, model: bytes, weather: bytes) -> None:
    assert api.submit([("a.idf", zipped({"a.idf": model}))], [("w.epw", weather)]).status_code == 201


def test_the_old_contract_takes_archives_of_models_too(api: Client, model: bytes, weather: bytes) -> None:
    models = zipped({"a.idf": model, "b.idf": model + b"\n"})

    answer = api.form("/api/simulation/run/", {"idf_files": [("m.zip", models)], "weather_file": [("w.epw", weather)]})

    assert (answer.status_code, answer.get_json()["file_count"]) == (200, 2)


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


def test_what_is_wrong_names_archive_and_member(api: Client, model: bytes, weather: bytes) -> None:
    models = [("good.zip", zipped({"a.idf": model})), ("bad.zip", zipped({"b.idf": b"Building,B;"}))]

    answer = api.submit(models, [("w.epw", weather)])

    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert (fault["field"], fault["message"][:24]) == ("models[1]", "'b.idf' in 'bad.zip': th")
    assert api.left_files() == []


def test_every_archive_that_cannot_be_unpacked_is_told_of(api: Client, model: bytes, weather: bytes) -> None:
    models = [("m.zip", zipped({"a.idf": model})[:-9]), ("n.zip", zipped({"../a.idf": model}))]

    answer = api.submit(models, [("w.zip", b"PK\x03\x04")], spec={"colour": "red"})

    assert answer.status_code == 422
    said = {fault["field"]: fault["message"] for fault in answer.get_json()["errors"]}
    assert set(said) == {"models[0]", "models[1]", "weather[0]", "spec.colour"}
    assert said["models[1]"] == "'n.zip': '../a.idf' leads to another directory"
    assert api.left_files() == []


def test_the_old_contract_says_what_is_wrong_with_an_archive(api: Client, weather: bytes) -> None:
    answer = api.form(
        "/api/simulation/run/",
        {"idf_files": [("m.zip", zipped({"x/../a.idf": b"x"}))], "weather_file": [("w", weather)]},
    )

    assert answer.status_code == 400
    assert "'m.zip': 'x/../a.idf' leads to another directory" in answer.get_json()["error"]


def test_one_name_with_two_contents_in_two_archives_is_refused(api: Client, model: bytes, weather: bytes) -> None:
    models = [("m.zip", zipped({"a.idf": model})), ("n.zip", zipped({"x/a.idf": model + b"\n"}))]

    answer = api.submit(models, [("w.epw", weather)])

    assert answer.status_code == 422
    assert "2 files are called 'a.idf' ('a.idf' in 'm.zip', 'x/a.idf' in 'n.zip')" in answer.get_json()["detail"]


@pytest.mark.parametrize("split", [1, 3])
def test_archives_bring_no_more_files_than_a_form_may_have(
    api: Client, settings: Settings, model: bytes, weather: bytes, split: int
) -> None:
    names = [f"{number}.idf" for number in range(settings.max_files + 1)]
    archives = [(f"{n}.zip", zipped(dict.fromkeys(names[n::split], model))) for n in range(split)]

    answer = api.submit(archives, [("w.epw", weather)])

    assert answer.status_code == 422
    assert "still allowed" in answer.get_json()["detail"]
    assert api.left_files() == []


def test_archives_bring_no_more_bytes_than_a_body_may_have(api: Client, settings: Settings, weather: bytes) -> None:
    half = b" " * (settings.max_body_bytes // 2 + 1)
    archives = [(f"{n}.zip", zipped({f"{n}.idf": half})) for n in range(2)]

    answer = api.submit(archives, [("w.epw", weather)])

    assert answer.status_code == 422
    assert "bytes that one submission may have" in answer.get_json()["detail"]
    assert api.left_files() == []
