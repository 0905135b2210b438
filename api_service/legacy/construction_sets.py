"""Expansion of a scenario to sets of constructions, as the old page counts them. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, product
from math import prod

from idfkit.schema import EpJSONSchema

from api_service.legacy.library_queries import LibraryChoice, LibraryScenario
from api_service.submission.spec import ConstructionSets
from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.assemblies.library import ELEMENTS, read_assembly
from shared.energyplus.findings import Finding, Rejected, reject
from shared.spec import OriginSpec
from shared.study import Variant

PER_CONSTRUCTION = "per_construction"


def expand_scenario(
    schema: EpJSONSchema, scenario_id: str, scenario: LibraryScenario, mode: str, most: int
) -> ConstructionSets:
    """Returns the sets: one per construction, or all combinations of none or one per element except the empty one.

    Combinations are cut off at the scenario's number of simulations. Raises Rejected with everything that is wrong with
    the library, and for more than `most` sets.
    """
    if not scenario.choices:
        raise reject("the scenario has no constructions, so it makes no run")
    assemblies = _assemblies(schema, scenario.choices)
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


def _assemblies(schema: EpJSONSchema, choices: Sequence[LibraryChoice]) -> list[Assembly]:
    """The constructions of the choices in their order; of two with one name, the labels have the ids."""
    known = [(choice, choice.construction) for choice in choices if choice.construction is not None]
    findings = [Finding("a construction of the scenario is no longer in the library")] * (len(choices) > len(known))
    ids = {(choice.element, str(row.get("name")), str(row.get("id"))) for choice, row in known}
    named = Counter((element, name) for element, name, _ in ids)
    found = []
    for choice, row in known:
        label = str(row.get("name"))
        if named[choice.element, label] > 1:
            label = f"{label} ({row.get('id')})"
        try:
            found.append(read_assembly(schema, choice.element, label, row, choice.layers))
        except Rejected as rejected:
            findings += rejected.findings
    if findings:
        raise Rejected(*dict.fromkeys(findings))
    return found
