"""Submissions whose files come in ZIP archives."""

import pytest

from shared.settings import Settings
from tests.integration.api.conftest import Client
from tests.integration.api.forms import zipped


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


def test_what_is_wrong_names_archive_and_member(api: Client, model: bytes, weather: bytes) -> None:
    models = [("good.zip", zipped({"a.idf": model})), ("bad.zip", zipped({"b.idf": b"Version,9.4;"}))]

    answer = api.submit(models, [("w.epw", weather)])

    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert fault["field"] == "models[1]"
    assert fault["message"].startswith("'b.idf' in 'bad.zip': line 1: the model is for EnergyPlus 9.4")
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


def test_unpacked_files_share_the_bytes_with_those_that_are_uploaded(
    api: Client, settings: Settings, weather: bytes
) -> None:
    rest = b" " * (settings.max_body_bytes - len(weather) + 1)

    answer = api.submit([("a.zip", zipped({"a.idf": rest}))], [("w.epw", weather)])

    assert answer.status_code == 422
    assert "bytes that one submission may have" in answer.get_json()["detail"]


def test_archives_bring_no_more_bytes_than_a_body_may_have(api: Client, settings: Settings, weather: bytes) -> None:
    half = b" " * (settings.max_body_bytes // 2 + 1)
    archives = [(f"{n}.zip", zipped({f"{n}.idf": half})) for n in range(2)]

    answer = api.submit(archives, [("w.epw", weather)])

    assert answer.status_code == 422
    assert "bytes that one submission may have" in answer.get_json()["detail"]
    assert api.left_files() == []
