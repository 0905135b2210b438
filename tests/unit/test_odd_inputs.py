"""The guide's page about models and weather says what is done with each odd file, in the sentences that people see."""

import pytest

from tests.unit.odd_inputs import MODELS, PAGE, WEATHER, OddInput, outcome, written


def test_the_tables_of_the_guide_are_those_of_the_checks() -> None:
    """`python -m tests.unit.odd_inputs` writes them."""
    page = PAGE.read_text(encoding="utf-8")

    assert written(page) == page


@pytest.mark.parametrize("odd", [*MODELS, *WEATHER], ids=lambda odd: odd.odd)
def test_a_refusal_names_the_line(odd: OddInput) -> None:
    kind, sentence = outcome(odd, "model.idf" if odd in MODELS else "weather.epw")

    assert kind != "refused" or "line " in sentence
    assert "Error" not in sentence
