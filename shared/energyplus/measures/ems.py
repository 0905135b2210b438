"""EMS programs that act on what a measure changes."""

import re
from collections.abc import Callable, Iterable, Iterator

from shared.energyplus.building.fields import key, text
from shared.energyplus.formats.document import Document, ModelObject, shown_name

ACTUATOR, PROGRAMS = "EnergyManagementSystem:Actuator", ("Program", "Subroutine")


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


def programmed(document: Document, kind: str) -> set[str]:
    """Keys of the components of a type that a program sets."""
    used = _users(document, on_components(document, kind))
    return {key(item.get("actuated_component_unique_name")) for item, users in used if users}


def described(document: Document, found: Iterable[ModelObject]) -> Iterator[str]:
    """A line for each actuator: the programs that use it, and on what it acts."""
    for item, users in _users(document, found):
        acts_on, quantity = (text(item, f"actuated_component_{part}") for part in ("unique_name", "control_type"))
        by = " and ".join(users) or f"{shown_name(item)}, which no program uses,"
        yield f"{by} also {'set' if len(users) > 1 else 'sets'} the {quantity} of '{acts_on}'"


def _users(document: Document, found: Iterable[ModelObject]) -> Iterator[tuple[ModelObject, list[str]]]:
    """Each actuator with the programs that use it."""
    programs = [item for kind in PROGRAMS for item in document.objects(f"EnergyManagementSystem:{kind}")]
    lines = {shown_name(item): "\n".join(item.listed()).upper() for item in programs}
    for item in found:
        word = re.compile(rf"\b{re.escape(key(item.name))}\b")
        yield item, [name for name, program in lines.items() if word.search(program)]
