"""EMS programs that act on what a measure changes."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from shared.energyplus.building.fields import key, text
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.measure import refuse

ACTUATOR, PROGRAMS = "EnergyManagementSystem:Actuator", ("Program", "Subroutine")
LISTS = ("ZoneList", "SpaceList")
#: Fields with a list, of new and of older versions.
PLACES = ("zone_or_zonelist_or_space_or_spacelist_name", "zone_or_zonelist_name")


def actuators(document: Document, of: Callable[[ModelObject], bool]) -> list[ModelObject]:
    """The actuators for which `of` says yes."""
    return [item for item in document.objects(ACTUATOR) if of(item)]


def on_schedules(document: Document, names: Iterable[str]) -> list[ModelObject]:
    """The actuators that set one of these schedules, whatever its class."""
    wanted = {key(name) for name in names}
    return actuators(
        document,
        lambda item: (
            key(item.get("actuated_component_type")).startswith("SCHEDULE")
            and key(item.get("actuated_component_unique_name")) in wanted
        ),
    )


def on_components(document: Document, kind: str) -> list[ModelObject]:
    """The actuators of a type of component, such as "Lights"."""
    return actuators(document, lambda item: key(item.get("actuated_component_type")) == kind.upper())


def driven(document: Document, found: Iterable[ModelObject]) -> list[ModelObject]:
    """The actuators that a program uses; the others set nothing."""
    return [item for item, programs in _users(document, found) if programs]


def refuse_overridden(document: Document, items: Iterable[ModelObject], kind: str, quantity: str) -> None:
    """Raises PreparationError where programs set a quantity of all objects, so that it does not matter what they say.

    `kind` and `quantity` are EMS's names for the objects and what it can set of them. A program that sets Null at
    times gives the quantity back to its object.
    """
    found = [item for item in driven(document, on_components(document, kind)) if not _is_given_back(document, item)]
    found = [item for item in found if key(item.get("actuated_component_control_type")) == key(quantity)]
    set_by_programs = {key(item.get("actuated_component_unique_name")) for item in found}
    if all(_instances(document, item) <= set_by_programs for item in items):
        refuse(f"programs set all that could be multiplied: {'; '.join(islice(described(document, found), 3))}")


def described(document: Document, found: Iterable[ModelObject]) -> Iterator[str]:
    """A line for each actuator: the programs that use it, and on what it acts."""
    for item, users in _users(document, found):
        acts_on, quantity = (text(item, f"actuated_component_{part}") for part in ("unique_name", "control_type"))
        by, sets = " and ".join(users), "also set" if len(users) > 1 else "also sets"
        if not users:
            by, sets = f"{shown_name(item)}, which no program uses,", "could set"
        yield f"{by} {sets} the {quantity} of '{acts_on}'"


def _instances(document: Document, item: ModelObject) -> set[str]:
    """Keys by which EMS knows an object: those of its copies where it is for a list of zones or spaces."""
    lists = {key(each.name): each.listed() for name in LISTS for each in document.objects(name)}
    named = (lists.get(key(item.get(field)), ()) for field in PLACES)
    return {key(f"{place} {item.name}") for places in named for place in places} or {key(item.name)}


def _is_given_back(document: Document, actuator: ModelObject) -> bool:
    pattern = re.compile(rf"SET\s+{re.escape(key(actuator.name))}\s*=\s*NULL\b")
    programs = (item for kind in PROGRAMS for item in document.objects(f"EnergyManagementSystem:{kind}"))
    return any(pattern.search(line.upper()) for item in programs for line in item.listed())


def _users(document: Document, found: Iterable[ModelObject]) -> Iterator[tuple[ModelObject, list[str]]]:
    """Each actuator with the programs that use it."""
    programs = [item for kind in PROGRAMS for item in document.objects(f"EnergyManagementSystem:{kind}")]
    lines = {shown_name(item): "\n".join(item.listed()).upper() for item in programs}
    for item in found:
        word = re.compile(rf"\b{re.escape(key(item.name))}\b")
        yield item, [name for name, program in lines.items() if word.search(program)]
