"""Reporting frequencies, compared with the engine's data dictionary."""

import pytest
from idfkit.schema import get_schema

from shared.energyplus.frequencies import DEFAULT_FREQUENCY, FREQUENCIES, spelled


@pytest.mark.parametrize("class_name", ["Output:Variable", "Output:Meter"])
def test_the_frequencies_are_those_of_the_engine(class_name: str) -> None:
    described = get_schema((25, 2, 0)).get_field_schema(class_name, "reporting_frequency")

    assert described is not None
    assert sorted(FREQUENCIES) == sorted(filter(None, described["enum"]))
    assert described["default"] == DEFAULT_FREQUENCY


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_a_frequency_is_known_in_any_case(frequency: str) -> None:
    assert spelled(frequency.upper()) == spelled(frequency.lower()) == frequency


def test_what_is_no_frequency_has_no_spelling() -> None:
    assert spelled("Weekly") is None
