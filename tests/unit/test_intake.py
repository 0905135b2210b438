"""The door: whatever bytes come, the answer is facts or a rejection in words."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.energyplus.intake import Rejected, check_model, check_name, check_side_file, check_weather
from tests.fuzzing import examples
from tests.models import SMALL_OFFICE, weather

VERSIONS = ("25.2.0",)
MUTATIONS = examples(150)


def write(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


def test_a_real_model_is_taken_with_its_facts() -> None:
    facts = check_model(SMALL_OFFICE, "office.idf", versions=("9.6.0", "25.2.0"))

    assert facts.engine == "25.2.0"
    assert facts.objects > 50
    assert not facts.has_hvac_templates


def test_a_real_weather_file_is_taken_with_its_facts() -> None:
    facts = check_weather(weather("Chicago"), "chicago.epw")

    assert facts.hours == 8760
    assert facts.latitude == pytest.approx(41.98, abs=0.05)
    assert facts.timezone_h == -6


def test_a_side_file_that_was_uploaded_can_be_named(tmp_path: Path) -> None:
    model = write(tmp_path, b"Version,25.2;\nSchedule:File,S,,hours.csv,1,0;\n")

    assert check_model(model, "a.idf", versions=VERSIONS, files=["hours.csv"]).engine == "25.2.0"
    with pytest.raises(Rejected, match=r"line 2: Schedule:File 'S' names the file 'hours\.csv'"):
        check_model(model, "a.idf", versions=VERSIONS)


def test_every_fault_of_a_model_is_named(tmp_path: Path) -> None:
    model = write(tmp_path, b"Building,A;\nPythonPlugin:Instance,P;\nSchedule:File,S,,/etc/passwd,1,0;\n")

    with pytest.raises(Rejected) as caught:
        check_model(model, "a.idf", versions=VERSIONS)

    assert [problem.line for problem in caught.value.findings] == [2, 3]


def test_an_object_may_share_its_line_or_span_many(tmp_path: Path) -> None:
    model = write(tmp_path, b"Version,25.2;Building,\n  A, ! the name; with a semicolon\n  0;\nZone,Z1;Zone,Z2;")

    assert check_model(model, "a.idf", versions=VERSIONS).objects == 4


def test_epjson_is_taken_like_idf(tmp_path: Path) -> None:
    model = write(tmp_path, b'{"Version": {"v": {"version_identifier": "25.2"}}, "Building": {"B": {}}}')

    assert check_model(model, "a.epJSON", versions=VERSIONS).building == "B"


@pytest.mark.parametrize("name", ["", " ", ".", "..", ".hidden", "a/b", "a\\b", "a\nb", "a\u202eb", "x" * 300, " a"])
def test_names_that_could_do_harm_are_refused(name: str) -> None:
    with pytest.raises(Rejected):
        check_name(name)


def test_names_keep_their_letters_in_composed_form() -> None:
    assert check_name("Bu\u0308ro 1.idf") == "B\u00fcro 1.idf"


@pytest.mark.parametrize("name", ["in.idf", "eplusout.sql", "Energy+.idd", "prepared.idf"])
def test_side_files_do_not_stand_in_for_energyplus_own(tmp_path: Path, name: str) -> None:
    with pytest.raises(Rejected, match="used by EnergyPlus"):
        check_side_file(write(tmp_path, b"x"), name)


@example(content=b"[" * 200_000)
@given(content=st.binary(max_size=400))
@MUTATIONS
def test_any_bytes_called_a_model_are_taken_or_refused(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    for name in ("a.idf", "a.epJSON"):
        with suppress(Rejected):
            check_model(path, name, versions=VERSIONS)
