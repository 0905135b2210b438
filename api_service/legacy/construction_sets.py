"""Expansion of a scenario to sets of constructions, as the old page counts them. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, product
from math import prod

from api_service.legacy.library_queries import LibraryChoice, LibraryScenario
from api_service.submission.spec import ConstructionSets
from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.assemblies.library import ELEMENTS, LibraryConstruction
from shared.energyplus.findings import reject
from shared.spec import OriginSpec
from shared.study import Variant

PER_CONSTRUCTION = "per_construction"


def expand_scenario(
    assemblies: Sequence[Assembly], scenario_id: str, scenario: LibraryScenario, mode: str, most: int
) -> ConstructionSets:
    """Returns the sets: one per construction, or all combinations of none or one per element except the empty one.

    `assemblies` are the constructions of the choices. Combinations are cut off at the scenario's number of simulations.
    Raises Rejected for no set, and for more than `most` sets.
    """
    by_element: dict[str, list[str | None]] = {element: [None] for element in ELEMENTS}
    for assembly in assemblies:
        by_element[assembly.element].append(assembly.label)
    count = len(assemblies)
    if mode != PER_CONSTRUCTION:
        count = prod(len(labels) for labels in by_element.values()) - 1
        if scenario.total is not None:
            count = min(count, scenario.total)
    if count < 1:
        raise reject(f"the scenario's total_simulations is {scenario.total}, so it makes no run")
    if count > most:
        raise reject(f"the scenario makes {count} sets of constructions, more than the {most} runs that are allowed")
    sets = [{a.element: a.label} for a in assemblies] if mode == PER_CONSTRUCTION else _combinations(by_element)
    return ConstructionSets(
        OriginSpec(scenario_id, scenario.name),
        mode,
        tuple({(a.element, a.label): a for a in assemblies}.values()),
        tuple(islice(sets, count)),
    )


def _combinations(by_element: dict[str, list[str | None]]) -> Iterator[Variant]:
    for labels in product(*by_element.values()):
        if chosen := {element: label for element, label in zip(by_element, labels, strict=True) if label is not None}:
            yield chosen


def labelled(choices: Sequence[LibraryChoice]) -> tuple[LibraryConstruction, ...]:
    """Returns the constructions of the choices in their order; of two with one name, the labels have the ids.

    Raises Rejected when there are none.
    """
    if not choices:
        raise reject("the scenario has no constructions, so it makes no run")
    rows = [(choice.element, choice.construction) for choice in choices if choice.construction is not None]
    ids = {(element, str(row.get("name")), str(row.get("id"))) for element, row in rows}
    named = Counter((element, name) for element, name, _ in ids)
    found = []
    for choice in choices:
        row = choice.construction or {}
        label = str(row.get("name"))
        if named[choice.element, label] > 1:
            label = f"{label} ({row.get('id')})"
        found.append(LibraryConstruction(choice.element, label, choice.construction, tuple(choice.layers)))
    return tuple(found)
