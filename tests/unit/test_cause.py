"""Failures of one cause have equal causes, whatever names, numbers and lines their texts have."""

import pytest

from shared.energyplus.cause import LONGEST, cause_of

ALIKE = [
    ('Severe: Zone="CORE ZN" has no surfaces', 'Severe: Zone="Perimeter" has no surfaces'),
    ("Severe: Zone=CORE ZN, no surfaces", "Severe: Zone=PERIMETER_ZN_1, no surfaces"),
    ("Severe: Zone=Core has no surfaces", "Severe: Zone=PERIMETER ZN 1 has no surfaces"),
    ("Severe: value 3.5E-02 in line 12", "Severe: value -7 in line 1234"),
    ("Severe: <root>[Zone][Core] - Missing", "Severe: <root>[Zone][North] - Missing"),
    ("no object of class 'Lights' is called 'a'", "no object of class 'Lights' is called 'b c'"),
    ("Severe: SOUTH HEATER is not valid", "Severe: NORTH UNIT HEATER is not valid"),
    ("Severe: no file /tmp/a1/x.csv", "Severe: no file /tmp/b22/y.csv"),
    ("Severe: node N1\nSevere: node N2\nFatal: errors", "Severe: node N3\nFatal: errors"),
    ("EnergyPlus was stopped after 61 s, its limit is 60 s", "EnergyPlus was stopped after 60 s, its limit is 60 s"),
]
DIFFERENT = [
    ("Severe: no schedule", "Severe: no construction"),
    ("Severe: <root>[Zone][Core] - Missing", "Severe: <root>[Lights][Core] - Missing"),
    ("Severe: the zone's volume is wrong, isn't it", "Severe: the zone's area is wrong, isn't it"),
    ("Severe: Zone=A has no surfaces", "Severe: Zone=A is not convex"),
    ("", "Severe: anything"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_and_numbers_make_no_difference(one: str, other: str) -> None:
    assert cause_of("fatal", one) == cause_of("fatal", other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_words_are_another_cause(one: str, other: str) -> None:
    assert cause_of("fatal", one) != cause_of("fatal", other)


def test_the_code_is_part_of_the_cause_and_its_length_is_bounded() -> None:
    assert cause_of("fatal", "x") != cause_of("crashed", "x")
    assert len(cause_of("fatal", "word " * 1000)) == LONGEST


@pytest.mark.parametrize("text", ["[" * 100_000, '"' * 99_999, "A-" * 50_000, "a." * 50_000 + "!", "= " * 50_000])
def test_no_text_takes_long(text: str) -> None:
    # A pattern that goes back and forth would take hours.
    assert cause_of("fatal", text)
