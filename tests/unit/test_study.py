"""Sampling methods: the number of variants, and their values."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.study import METHODS, Factor, Options, Varied, design_faults
from tests.unit.designs import DRAWING, drawn, listed, ranged, ranges, values

lists = st.lists(values, max_size=4).map(
    lambda given: [listed(f"p{number}", *numbers) for number, numbers in enumerate(given)]
)
mixed = st.lists(
    st.builds(lambda of: Varied("", of), values) | st.builds(lambda of: Varied("", (), of), ranges),
    min_size=1,
    max_size=4,
).map(lambda given: [Factor((Varied(f"p{n}", v.values, v.range),)) for n, v in enumerate(given)])


def faults(name: str, factors: list[Factor], **options: Any) -> dict[str, str]:
    """The messages by the field at fault."""
    found = design_faults(name, METHODS[name], factors, Options(**options))
    return {f"{fault.parameter or 'sampling'}.{fault.field}": fault.message for fault in found}


@given(lists, st.sampled_from(["grid", "one_at_a_time"]))
def test_as_many_variants_are_drawn_as_are_counted_and_the_same_ones_again(factors: list[Factor], name: str) -> None:
    made = drawn(name, factors)

    assert len(made) == METHODS[name].count(factors, Options())
    assert made == drawn(name, factors)
    allowed = {member.name: member.values for factor in factors for member in factor.members}
    assert all(value in allowed[parameter] for variant in made for parameter, value in variant.items())


@settings(deadline=None)
@given(mixed, st.sampled_from(sorted(DRAWING)), st.sampled_from([1, 2, 8, 64]), st.integers(0, 99))
def test_values_are_of_the_list_or_in_the_range(factors: list[Factor], name: str, count: int, seed: int) -> None:
    made = drawn(name, factors, count, seed=seed)

    assert len(made) == METHODS[name].count(factors, Options(count, seed))
    for varied in (member for factor in factors for member in factor.members):
        column = [variant[varied.name] for variant in made]
        if varied.range is None:
            assert set(column) <= set(varied.values)
        else:
            assert varied.range[0] <= min(column) <= max(column) <= varied.range[1]


def test_every_method_says_what_it_does() -> None:
    assert all(method.text.endswith(".") for method in METHODS.values())


def test_a_grid_has_every_combination_and_the_last_factor_varies_fastest() -> None:
    made = drawn("grid", [listed("a", 1, 2), listed("b", "x", "y")])

    assert made == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


def test_a_grid_without_factors_is_the_model_itself() -> None:
    assert drawn("grid", []) == [{}]
    assert faults("grid", []) == {}


def test_levels_of_a_grids_range_are_equally_spaced_and_kept_when_their_number_goes_from_n_to_2n_less_1() -> None:
    levels = {count: [row["a"] for row in drawn("grid", [ranged("a", 0.1, 0.7)], count)] for count in (2, 3, 5, 9, 17)}

    assert levels[2] == [0.1, 0.7]
    assert levels[3] == pytest.approx([0.1, 0.4, 0.7], rel=1e-15)
    for few, many in ((2, 3), (3, 5), (5, 9), (9, 17)):
        assert levels[many][::2] == levels[few]


def test_one_at_a_time_changes_one_factor_and_leaves_the_others_alone() -> None:
    assert drawn("one_at_a_time", [listed("a", 1, 2), listed("b", "x")]) == [{"a": 1}, {"a": 2}, {"b": "x"}]
    assert METHODS["one_at_a_time"].count([], Options()) == 0


def test_a_table_is_its_rows() -> None:
    rows = [{"a": 1}, {"a": 3}]

    assert drawn("table", [Factor((Varied("a"),))], rows=rows) == rows
    assert METHODS["table"].count([], Options(rows=rows)) == 2


def test_parameters_of_a_group_move_together_and_are_one_factor() -> None:
    pair = Factor((Varied("wall", ("a", "b")), Varied("u", range=(0.0, 2.0))))

    assert drawn("grid", [pair, listed("x", 1, 2)], 2) == [
        {"wall": "a", "u": 0.0, "x": 1},
        {"wall": "a", "u": 0.0, "x": 2},
        {"wall": "b", "u": 2.0, "x": 1},
        {"wall": "b", "u": 2.0, "x": 2},
    ]
    for row in drawn("random", [pair, ranged("x")], 50, seed=1):
        assert row["wall"] == "ab"[int(row["u"])]
    assert METHODS["morris"].count([pair, ranged("x")], Options(10)) == 30


def test_the_value_of_a_list_is_the_one_at_the_floor_of_u_times_n() -> None:
    places = drawn("random", [ranged("u")], 200, seed=3)
    chosen = drawn("random", [listed("v", *range(7))], 200, seed=3)

    assert [row["v"] for row in chosen] == [int(row["u"] * 7) for row in places]
    assert {row["v"] for row in chosen} == set(range(7))


def test_a_product_that_nobody_could_draw_is_counted_at_once() -> None:
    assert METHODS["grid"].count([listed(f"p{n}", *range(10)) for n in range(50)], Options()) == 10**50


@pytest.mark.parametrize(
    ("name", "factors", "options", "field"),
    [
        ("one_at_a_time", [], {}, "sampling.method"),
        ("random", [], {"count": 3}, "sampling.method"),
        ("grid", [ranged("a")], {}, "a.range"),
        ("grid", [ranged("a")], {"count": 1}, "sampling.count"),
        ("grid", [listed("a", 1)], {"count": 3}, "sampling.count"),
        ("grid", [Factor((Varied("a", (1, 2)), Varied("b", range=(0, 1))))], {"count": 3}, "a.values"),
        ("grid", [listed("a", 1)], {"seed": 0}, "sampling.seed"),
        ("random", [ranged("a")], {"count": 3, "second_order": True}, "sampling.second_order"),
        ("random", [ranged("a")], {"count": 3, "rows": [{"a": 1}]}, "sampling.rows"),
        ("one_at_a_time", [ranged("a")], {}, "a.range"),
        ("one_at_a_time", [listed("a")], {}, "a.values"),
        ("random", [listed("a")], {"count": 1}, "a.values"),
        ("random", [Factor((Varied("a", (1,), (0, 1)),))], {"count": 1}, "a.range"),
        ("random", [Factor((Varied("a", (1, 2)), Varied("b", (1,))))], {"count": 1}, "b.values"),
        ("table", [Factor((Varied("a"),))], {}, "sampling.rows"),
        ("table", [listed("a", 1)], {"rows": [{"a": 1}]}, "a.values"),
        ("table", [ranged("a")], {"rows": [{"a": 1}]}, "a.range"),
        ("table", [Factor((Varied("a"), Varied("b")))], {"rows": [{"a": 1, "b": 1}]}, "b.group"),
        ("saltelli", [ranged("a")], {"count": 12}, "sampling.count"),
        ("sobol", [ranged("a")] * 21_202, {"count": 2}, "sampling.method"),
        ("saltelli", [ranged("a")] * 10_601, {"count": 2}, "sampling.method"),
        *((name, [ranged("a")], {}, "sampling.count") for name in DRAWING),
    ],
)
def test_what_a_method_cannot_make_is_named_by_its_field(
    name: str, factors: list[Factor], options: dict[str, Any], field: str
) -> None:
    assert list(faults(name, factors, **options)) == [field]


def test_a_refused_count_says_the_nearest_powers_of_2() -> None:
    assert "such as 8 or 16" in faults("saltelli", [ranged("a")], count=12)["sampling.count"]
