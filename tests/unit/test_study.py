"""Sampling methods: the number of variants, and their values."""

from hypothesis import given
from hypothesis import strategies as st

from shared.study import METHODS, Factor

factors = st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=4), max_size=4).map(
    lambda values: [Factor(f"p{index}", of) for index, of in enumerate(values)]
)


@given(factors, st.sampled_from(sorted(METHODS)))
def test_as_many_variants_are_drawn_as_are_counted_and_the_same_ones_again(factors: list[Factor], name: str) -> None:
    method = METHODS[name]

    drawn = list(method.draw(factors))

    assert len(drawn) == method.count(factors)
    assert drawn == list(method.draw(factors))
    allowed = {factor.name: factor.values for factor in factors}
    assert all(value in allowed[parameter] for variant in drawn for parameter, value in variant.items())


def test_every_method_says_what_it_does() -> None:
    assert all(method.text.endswith(".") for method in METHODS.values())


def test_a_grid_has_every_combination_and_the_last_factor_varies_fastest() -> None:
    drawn = list(METHODS["grid"].draw([Factor("a", [1, 2]), Factor("b", ["x", "y"])]))

    assert drawn == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


def test_a_grid_without_factors_is_the_model_itself() -> None:
    assert list(METHODS["grid"].draw([])) == [{}]


def test_one_at_a_time_changes_one_factor_and_leaves_the_others_alone() -> None:
    drawn = list(METHODS["one_at_a_time"].draw([Factor("a", [1, 2]), Factor("b", ["x"])]))

    assert drawn == [{"a": 1}, {"a": 2}, {"b": "x"}]
    assert METHODS["one_at_a_time"].count([]) == 0
