"""Harmful files are rejected at submission."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.energyplus.intake import Rejected, check_model, check_name, check_side_file, check_weather
from shared.energyplus.intake.model import FILE_FIELDS
from shared.energyplus.programs import CLASSES
from tests.hostile.engine import PAYLOAD
from tests.hostile.intake import FILES, REFUSED, BadFile

#: Classes with a field that is called a file name but names no input file, such as a suffix of results.
NO_FILES = {"Parametric:FileNameSuffix"}
MAX_ANSWER_BYTES = 10_000


def check(path: Path, hostile: BadFile) -> None:
    path.write_bytes(hostile.content if isinstance(hostile.content, bytes) else hostile.content())
    name = check_name(hostile.name)
    if name.endswith(".epw"):
        check_weather(path, name)
    elif name.startswith("m"):
        check_model(path, name, versions=("25.2.0",), files=hostile.files)
    else:
        check_side_file(path, name)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", REFUSED)
def test_it_is_rejected_with_a_reason(what: str, tmp_path: Path) -> None:
    hostile = REFUSED[what]

    with pytest.raises(Rejected, match=f"(?s){hostile.says}") as refusal:
        check(tmp_path / "file", hostile)

    assert len(str(refusal.value)) < MAX_ANSWER_BYTES


@pytest.mark.parametrize("what", [name for name in FILES if name.startswith("in epJSON") and "class" not in name])
def test_in_the_same_model_a_file_that_was_uploaded_is_no_fault(what: str, tmp_path: Path) -> None:
    harmless = FILES[what].content
    assert isinstance(harmless, bytes)
    (tmp_path / "file").write_bytes(harmless.replace(b"/etc/passwd", b"ok.csv"))

    # Most of these objects have other faults: a field that is spelt otherwise, or that is missing.
    said: list[str] = []
    try:
        check_model(tmp_path / "file", "m.epJSON", versions=("25.2.0",), files=("ok.csv",))
    except Rejected as refusal:
        said += [finding.message for finding in refusal.findings]
    assert not any("names the file" in message for message in said)


def fields(properties: dict[str, Any]) -> Iterator[str]:
    for name, described in properties.items():
        yield name
        yield from fields(described.get("items", {}).get("properties", {}))


def test_intake_knows_every_field_of_the_engine_that_names_a_file() -> None:
    schema = json.loads((PAYLOAD / "Energy+.schema.epJSON").read_text(encoding="utf-8"))["properties"]
    found = {}
    for class_name, described in schema.items():
        (objects,) = described["patternProperties"].values()
        named = [name for name in fields(objects.get("properties", {})) if "file_name" in name]
        if class_name in NO_FILES or class_name.lower().startswith(tuple(CLASSES)) or not named:
            continue
        (name,) = named
        found[class_name.lower()] = (described["legacy_idd"]["fields"].index(name), name)

    assert found == FILE_FIELDS
