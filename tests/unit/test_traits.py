"""What a model calls itself."""

from pathlib import Path

import pytest

from shared.energyplus.formats.document import load
from shared.energyplus.traits import building_name
from tests.models import ENGINE_VERSION, SMALL_OFFICE


@pytest.mark.parametrize(
    ("name", "model", "expected"),
    [
        ("a.idf", "Building, Town Hall, 0;", "Town Hall"),
        ("a.idf", f"Building, {'x' * 500}, 0;", "x" * 200),
        ("a.idf", "Building, , 0;", None),
        ("a.idf", "Zone, Z;", None),
        ("a.epJSON", '{"Building": {"Town Hall": {}}}', "Town Hall"),
    ],
)
def test_the_name_is_that_of_the_building_object(tmp_path: Path, name: str, model: str, expected: str | None) -> None:
    (tmp_path / name).write_text(model)

    assert building_name(load(tmp_path / name, ENGINE_VERSION)[0]) == expected


def test_the_demonstration_has_a_name() -> None:
    assert building_name(load(SMALL_OFFICE, ENGINE_VERSION)[0]) == "Small Office"
