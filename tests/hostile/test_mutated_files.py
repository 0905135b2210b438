"""Mutations of real files at the door: taken or refused, whatever has become of them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.energyplus.intake import Rejected, check_model, check_weather
from tests.conversion import converted
from tests.fuzzing import examples
from tests.models import SMALL_OFFICE, weather
from tests.mutations import mutations

VERSIONS = ("25.2.0",)
MUTATIONS = examples(150)


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A real file of each format; of the weather the headers and some hours."""
    room = tmp_path_factory.mktemp("originals")
    return {
        "a.idf": SMALL_OFFICE.read_bytes(),
        "a.epJSON": json.dumps(converted(SMALL_OFFICE, room), indent=1).encode(),
        "a.epw": weather("Chicago").read_bytes()[:20_000],
    }


@pytest.mark.parametrize("name", ["a.idf", "a.epJSON", "a.epw"])
def test_a_mutated_file_is_taken_or_refused_and_often_gets_past_the_first_checks(
    tmp_path: Path, originals: dict[str, bytes], name: str
) -> None:
    mutated = _looked_into(tmp_path, name, mutations(originals[name]))
    random = _looked_into(tmp_path, name, st.binary(max_size=400))

    # A test whose files always end at the first checks, as random bytes do, tries nothing else.
    assert mutated > 0.3
    assert random < 0.1


def _looked_into(tmp_path: Path, name: str, contents: st.SearchStrategy[bytes]) -> float:
    """The part of such files that the check reads beyond the first line; it raises nothing but Rejected."""
    beyond: list[bool] = []

    @given(contents)
    @MUTATIONS
    def try_one(content: bytes) -> None:
        beyond.append(_is_looked_into(tmp_path, content, name))

    try_one()
    assert len(beyond) >= 100
    return sum(beyond) / len(beyond)


def _is_looked_into(tmp_path: Path, content: bytes, name: str) -> bool:
    path = tmp_path / "file"
    path.write_bytes(content)
    try:
        if name == "a.epw":
            check_weather(path, name)
        else:
            check_model(path, name, versions=VERSIONS)
    except Rejected as rejected:
        # What is said of a whole file, once all of it has been read, has no line.
        at_the_end = ("the weather data end", "the model is for EnergyPlus")
        return any((f.line or 0) > 1 or any(said in f.message for said in at_the_end) for f in rejected.findings)
    return True
