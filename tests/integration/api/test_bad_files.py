"""Models and weather files that cannot be run are rejected with the reason, and leave no row and no file."""

from typing import Any

import pytest

from tests.integration.api.conftest import Client
from tests.integration.api.faults import faults
from tests.models import design_days

pytestmark = pytest.mark.usefixtures("nothing_is_left")

IDF = b"Version,25.2;\nBuilding,A;\n"


BAD_MODELS = [
    pytest.param("a.idf", b"", "empty", id="empty"),
    pytest.param("a.idf", b"   \n\n", "empty", id="blank"),
    pytest.param("a.idf", b"\x7fELF\x02\x01\x01\x00", "a program", id="a program called idf"),
    pytest.param("a.idf", b"PK\x03\x04rest", "ZIP", id="a zip called idf"),
    pytest.param("a.idf", b"Version,25.2;\x00\x01", "binary", id="binary"),
    pytest.param("a.idf", "Version,25.2;".encode("utf-16"), "UTF-16", id="utf-16"),
    pytest.param("a.idf", IDF + b"Exterior:Ligths,L;\n", "did you mean Exterior:Lights?", id="unknown class"),
    pytest.param("a.idf", b"Building,A;\nVersion,22.1;\n", "line 2: the model is for EnergyPlus 22.1", id="version"),
    pytest.param("a.idf", b"Version,25.2;\nVersion,25.2;\n", "2 Version objects", id="two versions"),
    pytest.param("a.idf", IDF + b"Zone,\n  Core", "line 3", id="unterminated"),
    pytest.param("a.idf", IDF + b"##include other.idf\n", "line 3", id="macro"),
    pytest.param("a.idf", IDF + b"PythonPlugin:Instance,P,No,m,C;\n", "line 3: PythonPlugin:Instance 'P'", id="python"),
    pytest.param("a.idf", IDF + b"GroundHeatTransfer:Control,G,No,Yes;\n", "Slab", id="slab"),
    pytest.param("a.idf", IDF + b"Schedule:File,S,,/etc/passwd,1,0;\n", "'/etc/passwd'", id="absolute path"),
    pytest.param("a.idf", IDF + b"Schedule:File,S,,../x.csv,1,0;\n", "'../x.csv'", id="parent directory"),
    pytest.param("a.idf", IDF + b"Schedule:File,S,,x.csv,1,0;\n", "upload it", id="side file missing"),
    pytest.param("a.epJSON", b"{", "line 1", id="broken json"),
    pytest.param("a.epJSON", b"[]", "JSON object", id="json list"),
    pytest.param("a.epJSON", b"[" * 100_000, "JSON", id="nested json"),
    pytest.param("a.txt", IDF, ".idf or .epJSON", id="other suffix"),
    pytest.param("a/b.idf", IDF, "another directory", id="slash in the name"),
    pytest.param("..b.idf", IDF, "dot", id="dot in front of the name"),
    pytest.param("a\x01.idf", IDF, "control", id="control character in the name"),
]


@pytest.mark.parametrize(("name", "content", "said"), BAD_MODELS)
def test_a_model_that_cannot_be_run_is_refused(
    api: Client, weather: bytes, name: str, content: bytes, said: str
) -> None:
    answer = api.submit([(name, content)], [("b.epw", weather)])

    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert said in faults(answer)["models[0]"]


def test_a_ddy_file_needs_the_weather_of_its_name_and_its_design_days(
    api: Client, model: bytes, weather: bytes
) -> None:
    ddy = design_days("Tampa").read_bytes()
    models = [("a.idf", model)]

    unused = api.submit(models, [("b.epw", weather)], [("c.ddy", ddy)])
    without_days = api.submit(models, [("b.epw", weather)], [("b.ddy", ddy.replace(b"Ann Clg .4%", b"Summer"))])

    assert (
        "'c.ddy': belongs to no weather file here; the one that it is for must be called c.epw"
        in faults(unused)["files[0]"]
    )
    assert "there is no design day whose name ends in 'ann clg .4% condns db=>mwb'" in faults(without_days)["files[0]"]


def test_a_weather_file_cut_in_half_is_refused_with_the_line_it_ends_at(
    api: Client, model: bytes, weather: bytes
) -> None:
    rows = weather.splitlines(keepends=True)

    answer = api.submit([("a.idf", model)], [("b.epw", b"".join(rows[: len(rows) // 2]))])

    assert answer.status_code == 422
    said = faults(answer)["weather[0]"]
    assert f"line {len(rows) // 2}" in said
    assert "hours are missing" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda w: b"\n".join([*w.split(b"\n")[:99], b"1999,1,4,20", *w.split(b"\n")[100:]]),
            "line 100: the row has 4 columns",
        ),
        (lambda w: w.replace(b"LOCATION", b"PLACE", 1), "line 1"),
        (lambda _: b"not weather at all\n", "line 1"),
        (lambda _: b"", "empty"),
    ],
)
def test_a_weather_file_that_is_none_is_refused(
    api: Client, model: bytes, weather: bytes, change: Any, said: str
) -> None:
    answer = api.submit([("a.idf", model)], [("b.epw", change(weather))])

    assert answer.status_code == 422
    assert said in faults(answer)["weather[0]"]
