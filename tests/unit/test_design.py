"""The spec's parameters and sampling: what does not go together is refused by its field, before anything is drawn."""

import json
from pathlib import Path
from typing import Any

import pytest

from api_service.submission.spec import InvalidSpec, Spec, read_spec
from shared.settings import Settings
from shared.study import METHODS

RANGED: dict[str, Any] = {"range": [0, 90]}
AXIS = {"name": "axis", "object": "Building", "field": "North Axis"}


def parameter(name: str = "axis", **keys: Any) -> dict[str, Any]:
    return {**AXIS, "name": name, **keys}


def spec(*parameters: dict[str, Any], table: Path | None = None, **sampling: Any) -> Spec:
    return read_spec({"parameters": list(parameters), "sampling": sampling}, Settings(), table)


def faults(*parameters: dict[str, Any], table: Path | None = None, **sampling: Any) -> dict[str, str]:
    """The messages by field."""
    with pytest.raises(InvalidSpec) as refused:
        spec(*parameters, table=table, **sampling)
    return {fault.field: fault.message for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        ({}, "values"),
        ({"values": []}, "values"),
        ({"values": [1], **RANGED}, "range"),
        ({"range": [90, 0]}, "range"),
        ({"range": [1, 1]}, "range"),
        ({"range": [1]}, "range"),
        ({"range": 5}, "range"),
        ({"range": [0, "x"]}, "range[1]"),
        ({"range": [0, float("inf")]}, "range[1]"),
        ({"range": [-1e308, 1e308]}, "range"),
        ({"values": [float("nan")]}, "values[0]"),
        ({"values": ["x"], "mode": "scale"}, "values[0]"),
        ({"values": [1], "group": ""}, "group"),
        ({"values": [1], "name": "run_id"}, "name"),
        ({"values": [1], "name": "site_energy_kwh"}, "name"),
        ({"values": [1], "name": "1st"}, "name"),
        ({"values": [1], "name": "two words"}, "name"),
        ({"values": [1], "name": "line\n"}, "name"),
        ({"values": [1], "name": "ä"}, "name"),
        ({"values": [1], "name": "x" * 61}, "name"),
    ],
)
def test_a_parameter_that_cannot_be_varied_is_named_by_its_field(keys: dict[str, Any], field: str) -> None:
    assert list(faults(parameter(**keys), method="random", count=3)) == [f"spec.parameters[0].{field}"]


@pytest.mark.parametrize(
    ("sampling", "field"),
    [
        ({"method": "guess"}, "method"),
        ({"method": "random"}, "count"),
        ({"method": "random", "count": 0}, "count"),
        ({"method": "random", "count": 2**30 + 1}, "count"),
        ({"method": "random", "count": 10**4000}, "count"),
        ({"method": "random", "count": 100_001}, "count"),
        ({"method": "random", "count": "ten"}, "count"),
        ({"method": "random", "count": 2.5}, "count"),
        ({"method": "random", "count": 2, "seed": -1}, "seed"),
        ({"method": "random", "count": 2, "seed": 2**53}, "seed"),
        ({"method": "random", "count": 2, "second_order": True}, "second_order"),
        ({"method": "random", "count": 2, "rows": [{"axis": 1}]}, "rows"),
        ({"method": "saltelli", "count": 100}, "count"),
        ({"method": "saltelli", "count": 2**16}, "count"),
        ({"method": "random", "count": 2, "levels": 3}, "levels"),
    ],
)
def test_an_option_that_is_missing_wrong_or_does_nothing_is_named(sampling: dict[str, Any], field: str) -> None:
    assert list(faults(parameter(**RANGED), **sampling)) == [f"spec.sampling.{field}"]


def test_ranges_need_a_method_that_has_numbers_for_them() -> None:
    assert "sampling.count" in faults(parameter(**RANGED))["spec.parameters[0].range"]
    assert list(faults(parameter(**RANGED), method="one_at_a_time")) == ["spec.parameters[0].range"]
    assert [row["axis"] for row in spec(parameter(**RANGED), count=3).variants()] == [0, 45, 90]


def test_lists_of_a_group_have_equal_lengths() -> None:
    first, second = parameter("a", values=[1, 2], group="g"), parameter("b", values=[1, 2, 3], group="g")

    assert list(faults(first, parameter("c", values=[1]), second)) == ["spec.parameters[2].values"]


def test_a_group_moves_together_under_every_method() -> None:
    group = [parameter("a", values=[1, 2], group="g"), parameter("b", values=["x", "y"], group="g")]

    assert list(spec(*group).variants()) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert spec(*group, parameter(**RANGED), method="morris", count=4).count_variants() == 12
    for variant in spec(*group, parameter(**RANGED), method="sobol", count=8).variants():
        assert (variant["a"], variant["b"]) in {(1, "x"), (2, "y")}


def test_two_parameters_with_one_name_are_refused() -> None:
    assert "spec.parameters" in faults(parameter(values=[1]), parameter(values=[2]))


def test_more_variants_than_allowed_are_counted_and_refused_at_once() -> None:
    many = [parameter(f"p{index}", values=list(range(10))) for index in range(50)]

    assert f"{10**50} runs" in faults(*many)["spec.parameters"]
    assert "131072 runs" in faults(*many[:6], method="saltelli", count=2**14)["spec.sampling.count"]


@pytest.mark.parametrize("method", [name for name, method in METHODS.items() if "seed" in method.uses])
def test_the_same_seed_gives_the_same_values_and_another_none_of_them(method: str) -> None:
    ranged = [parameter("a", **RANGED), parameter("b", **RANGED)]
    first, again, other = (spec(*ranged, method=method, count=32, seed=seed) for seed in (5, 5, 6))

    assert list(first.variants()) == list(again.variants())
    assert list(first.variants()) != list(other.variants())
    assert first.sampling.seed == 5


def test_nothing_is_drawn_where_nothing_is_random() -> None:
    assert spec(parameter(values=[1])).sampling.seed is None


def test_a_spec_as_it_is_stored_can_be_submitted_again() -> None:
    first = spec(parameter(**RANGED), method="random", count=3)
    stored = json.loads(json.dumps(first.study(()).to_json()))

    again = read_spec({name: stored[name] for name in ("parameters", "sampling")}, Settings())

    assert list(again.variants()) == list(first.variants())
