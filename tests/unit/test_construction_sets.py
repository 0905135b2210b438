"""Sets of constructions of a scenario: which there are, in which order, and how many."""

from typing import Any

import pytest

from api_service.legacy.construction_sets import expand_scenario, labelled
from api_service.legacy.library_queries import LibraryChoice, LibraryScenario
from api_service.submission.spec import ConstructionSets
from shared.energyplus.assemblies.library import LibraryLayer, read_assemblies
from shared.energyplus.findings import Rejected
from shared.energyplus.formats.schema import schema_of
from tests.models import ENGINE_VERSION
from tests.old_library import BRICK, FACTORS, PANE


def choice(element: str, name: str, identity: str = "") -> LibraryChoice:
    row: dict[str, Any] = {"id": identity or name, "name": name, **FACTORS}
    is_pane = element == "window"
    return LibraryChoice(element, row, [LibraryLayer(PANE if is_pane else BRICK, is_pane)])


CHOICES = [choice("window", "G"), choice("wall", "B"), choice("roof", "R"), choice("wall", "A")]


def expand(choices: list[LibraryChoice], total: int | None, mode: str = "", most: int = 100) -> ConstructionSets:
    schema = schema_of(ENGINE_VERSION)
    assert schema is not None
    assemblies = read_assemblies(schema, labelled(choices))
    return expand_scenario(assemblies, "1", LibraryScenario("S", total, choices), mode, most)


def test_all_combinations_but_the_empty_one_windows_varying_fastest() -> None:
    sets = expand(CHOICES, None)

    assert len(sets.variants) == 3 * 2 * 2 - 1
    assert list(sets.variants[:4]) == [{"window": "G"}, {"roof": "R"}, {"roof": "R", "window": "G"}, {"wall": "B"}]
    assert sets.variants[-1] == {"wall": "A", "roof": "R", "window": "G"}
    assert [(p.name, p.object, p.values, p.mode) for p in sets.parameters()] == [
        ("window", "window", ("G",), "assembly"),
        ("wall", "wall", ("B", "A"), "assembly"),
        ("roof", "roof", ("R",), "assembly"),
    ]


@pytest.mark.parametrize(("total", "count"), [(1, 1), (5, 5), (11, 11), (500, 11)])
def test_combinations_are_cut_off_at_the_scenario_s_number(total: int, count: int) -> None:
    assert expand(CHOICES, total).variants == expand(CHOICES, None).variants[:count]


def test_per_construction_there_is_one_set_for_each() -> None:
    sets = expand(CHOICES, 2, "per_construction")

    assert list(sets.variants) == [{"window": "G"}, {"wall": "B"}, {"roof": "R"}, {"wall": "A"}]


def test_two_constructions_of_one_name_have_their_ids_in_the_labels() -> None:
    sets = expand([choice("wall", "A", "1"), choice("wall", "A", "2"), choice("roof", "A", "3")], None)

    assert [(a.element, a.label, a.name) for a in sets.assemblies] == [
        ("wall", "A (1)", "A"),
        ("wall", "A (2)", "A"),
        ("roof", "A", "A"),
    ]


@pytest.mark.parametrize(
    ("choices", "total", "most", "said"),
    [
        ([], 23, 100, "the scenario has no constructions"),
        (CHOICES, 0, 100, "total_simulations is 0, so it makes no run"),
        (CHOICES, None, 10, "makes 11 sets of constructions, more than the 10 runs that are allowed"),
        ([choice("wall", str(n)) for n in range(4000)] * 4, None, 500, "makes 16000 sets"),
        ([*CHOICES, LibraryChoice("wall", None, [])], None, 100, "a construction of the scenario is no longer in"),
        ([choice("ceiling", "C")], None, 100, "is for 'ceiling'"),
    ],
)
def test_a_scenario_that_cannot_be_expanded_is_refused(
    choices: list[LibraryChoice], total: int | None, most: int, said: str
) -> None:
    with pytest.raises(Rejected) as refused:
        expand(choices, total, most=most)

    assert said in str(refused.value)
