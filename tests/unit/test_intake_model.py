"""Models at the door: what is refused, and that the refusal says what is wrong and where."""

import json
from pathlib import Path

import pytest

from shared.energyplus.intake import ModelFacts, Rejected, check_model
from tests.models import reference_models

VERSIONS = ("24.2.0", "25.2.0")
GOOD = b"Version,25.2;\nBuilding,A;\n"


def look(tmp_path: Path, content: bytes, name: str = "a.idf", files: tuple[str, ...] = ()) -> ModelFacts:
    path = tmp_path / "model"
    path.write_bytes(content)
    return check_model(path, name, versions=VERSIONS, files=files)


def says_only(value: object) -> str:
    """Names a case by its answer: some of the files are a megabyte long."""
    return value if isinstance(value, str) else "file"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n", "the file is empty"),
        (b"\x7fELF\x02", "the file is a program"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"%PDF-1.7", "a PDF document"),
        (GOOD + b"\x00", "zero byte at position 26"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (b"! only a comment\n", "not one object"),
        (b"\nVersion,9.6;\n", "line 2: the model is for EnergyPlus 9.6; the engines here are 24.2.0, 25.2.0"),
        (b"Version,8.9;\n", "EnergyPlus 8.9; .* transition programs"),
        (GOOD + b"Exterior:Ligths,Lamp;", r"line 3: Exterior:Ligths 'Lamp': .* did you mean Exterior:Lights\?"),
        (GOOD + b"Timestep,4,6;", "line 3: Timestep '4' has 2 fields, and Timestep has 1 at most"),
        (GOOD + b"Zone,\n Room 1\n North;", "line 3: Zone has a field over several lines, 'Room 1"),
        (GOOD + b"Zone\n , A;", "line 3: Zone 'A': there is a line break between 'Zone' and the comma"),
        (GOOD + b"Output:Diagnostics;\nZone,A;", "line 3: Output:Diagnostics ends without a field, .* next object"),
        (GOOD + b"Zone,\n A\n ;", "line 3: Zone 'A': there is a line break between 'A' and the comma or semicolon"),
        (GOOD + b"Zone ! A\n , A;", "line 3: there is a comment between the class Zone and its first comma"),
        (b"Version,25.2;\nVersion,25.2;\n", "2 Version objects"),
        (GOOD + b"Zone,\n  A,\n", "line 3: the object that begins here .'Zone'. does not end"),
        (GOOD + b"<html>;", "line 3: '<html>' is no class"),
        (GOOD + b",A;", "line 3: '' is no class"),
        (GOOD + b"##include other.idf\n", "line 3: ##include is a macro command"),
        (GOOD + b"  ##set1 x 1\n", "line 3: ##set1 is a macro command"),
        (GOOD + b"GroundHeatTransfer:Slab:Materials,\n 2;", "line 3: GroundHeatTransfer:Slab:Materials.* preprocessor"),
        (GOOD + b"pythonplugin:instance,P;", "line 3: pythonplugin:instance 'P' runs Python"),
        (GOOD + b"ExternalInterface,x;", "line 3: ExternalInterface 'x' couples"),
        (GOOD + b"! note\rPythonPlugin:Instance,P;\n", "line 3: there is a carriage return inside the line"),
        (b'{"Version": {}}', "JSON, not an IDF"),
        (b"x" * (1 << 20), "line 1: 'xxxx.*' is no class"),
    ],
    ids=says_only,
)
def test_what_is_no_idf_that_can_run_is_refused_with_the_reason(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        look(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Version,25.2;", "line 1: it is not JSON: .*an IDF's name must end in .idf"),
        (b'{"Version":\n {"v": }}', r"line 2: it is not JSON: .* \(column 8\)"),
        (b"[]", "something else"),
        (b'{"Version": 25.2}', "'Version' must be a JSON object of objects"),
        (b'{"Version": {"v": 25.2}}', "'Version' 'v' must be a JSON object of fields"),
        (b'{"Building": {"a\\u0000": {}}}', "unprintable"),
        (b'{"Building": {"\\ud800": {}}}', "unprintable"),
        (b'{"a":' * 100_000, "it is not JSON that can be read"),
        (b"[[],[]," * 700_000, "more than 2000000 objects and lists"),
        (b"1" * 10_000, "larger than any number"),
    ],
    ids=says_only,
)
def test_what_is_no_epjson_is_refused_with_the_reason(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        look(tmp_path, content, "a.epJSON")


@pytest.mark.parametrize("named", ["/etc/passwd", "../up.csv", "C:\\data\\x.csv", "d:x.csv", "below/x.csv", ".."])
@pytest.mark.parametrize("form", ["idf", "epJSON"])
def test_a_file_named_outside_the_run_is_refused_even_if_one_is_called_so(
    tmp_path: Path, named: str, form: str
) -> None:
    epjson = {"Version": {"v": {"version_identifier": "25.2"}}, "schedule:FILE": {"S": {"File_Name": named}}}
    content = GOOD + f"schedule:FILE,S,,{named},1,0;".encode() if form == "idf" else json.dumps(epjson).encode()

    with pytest.raises(Rejected, match=r"schedule:FILE 'S' names the file .* give its plain name"):
        look(tmp_path, content, f"a.{form}", files=(named,))


@pytest.mark.parametrize(
    "written",
    [
        "Schedule:File:Shading,x.csv;",
        "Construction:WindowDataFile,C,x.csv;",
        "Coil:DX:ASHRAE205:Performance,C,x.csv;",
        "Chiller:Electric:ASHRAE205,C,x.csv,,,,Outdoors,,,,In,Out;",
        "Table:IndependentVariable,T,Linear,Linear,0,1,,Dimensionless,x.csv,1,1;",
        "Table:Lookup,T,L,DivisorOnly,1,0,1,Dimensionless,x.csv,1,1;",
    ],
)
def test_every_class_that_reads_a_file_needs_it_uploaded(tmp_path: Path, written: str) -> None:
    with pytest.raises(Rejected, match=r"line 3: .* names the file 'x\.csv'; upload it with the model"):
        look(tmp_path, GOOD + written.encode())
    assert look(tmp_path, GOOD + written.encode(), files=("x.csv",)).objects == 3


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace(b"A", "B\u00fcro".encode()),
        GOOD.replace(b"A", "B\u00fcro".encode("latin-1")),
        GOOD.replace(b"A", "B\u00fcro".encode()).replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + GOOD.replace(b"A", "B\u00fcro".encode()),
        GOOD.replace(b"A", "B\u00fcro".encode()).replace(b"\n", b"\r\n") + b";\r\n\x1a",
    ],
)
def test_text_is_taken_in_the_encodings_that_modellers_use(tmp_path: Path, content: bytes) -> None:
    assert look(tmp_path, content) == ModelFacts("25.2.0", "B\u00fcro", 2, has_hvac_templates=False)


@pytest.mark.parametrize(
    ("version", "engine"),
    [
        *(("25.2", "25.2.0"), ("25.2.0", "25.2.0"), ("25.2.0-cf7368216c", "25.2.0"), ("24.2", "24.2.0")),
        *(("25", "25.2.0"), ("24", "24.2.0"), ("", "25.2.0")),
    ],
)
def test_a_model_runs_on_the_newest_engine_of_what_it_states(tmp_path: Path, version: str, engine: str) -> None:
    assert look(tmp_path, f"VERSION , {version} ;".encode()).engine == engine


def test_a_model_without_a_version_runs_on_the_newest_engine(tmp_path: Path) -> None:
    assert look(tmp_path, b"Building,A;\n").engine == "25.2.0"


@pytest.mark.parametrize("named", ["x.csv", "./x.csv", ".\\x.csv"])
def test_a_file_beside_the_model_is_named_as_energyplus_takes_it(tmp_path: Path, named: str) -> None:
    assert look(tmp_path, GOOD + f"Schedule:File,S,,{named},1,0;".encode(), files=("x.csv",)).objects == 3


def test_a_file_name_in_other_case_is_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"line 3: .*'Occ\.CSV'; the uploaded file is called 'occ\.csv', in other case"):
        look(tmp_path, GOOD + b"Schedule:File,S,,Occ.CSV,1,0;", files=("occ.csv",))


def test_templates_are_seen(tmp_path: Path) -> None:
    assert look(tmp_path, GOOD + b"HVACTemplate:Thermostat,T,,20,,24;").has_hvac_templates


def test_a_model_with_a_fault_in_every_object_gets_a_short_answer(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as caught:
        look(tmp_path, b"PythonPlugin:Instance,P;\n" * 1000)

    assert [problem.line for problem in caught.value.findings] == list(range(1, 21))


def test_many_objects_on_one_line_are_read_once_and_more_than_a_worker_takes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="it has more than 100000 objects"):
        look(tmp_path, b"Version,25.2;\n" + b"a;" * 500_000)


def test_every_reference_building_is_taken() -> None:
    for path in reference_models():
        assert check_model(path, path.name, versions=VERSIONS).engine == "25.2.0"
