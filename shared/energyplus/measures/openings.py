"""The glazed openings of a model to the outdoors, by kind."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum

from shared.energyplus.building.fields import key
from shared.energyplus.building.surfaces import Element, Outside, Surface

DOOR_CLASSES = ("GlazedDoor", "GlazedDoor:Interzone")
DOOR_TYPE = "GLASSDOOR"
TUBULAR = "TUBULARDAYLIGHT"


class Kind(StrEnum):
    """What a glazed opening is; those to other zones are of no kind."""

    WINDOW = "window"
    GLAZED_DOOR = "glazed door"
    SKYLIGHT = "skylight"
    TUBULAR = "tubular daylighting device"


def glazed_openings(surfaces: Sequence[Surface]) -> dict[Kind, list[Surface]]:
    """All glazed openings to the outdoors. A skylight is any in a roof."""
    roofs = {key(surface.item.name) for surface in surfaces if not surface.base and surface.element is Element.ROOF}
    found: dict[Kind, list[Surface]] = defaultdict(list)
    for surface in surfaces:
        if surface.base and surface.element is Element.WINDOW and surface.outside is Outside.OUTDOORS:
            found[_kind(surface, roofs)].append(surface)
    return found


def interior_glazing(surfaces: Iterable[Surface]) -> list[Surface]:
    """Glazed openings between zones."""
    return [
        surface
        for surface in surfaces
        if surface.base and surface.element is Element.WINDOW and surface.outside is Outside.INSIDE
    ]


def framed(openings: Iterable[Surface]) -> list[str]:
    """A line for each frame that openings have."""
    frames = Counter(str(name) for opening in openings if (name := opening.item.get("frame_and_divider_name")))
    return [f"WindowProperty:FrameAndDivider '{name}' of {count} openings stays" for name, count in frames.items()]


def is_door(surface: Surface) -> bool:
    """Whether a glazed opening is a door."""
    return key(surface.item.get("surface_type")) == DOOR_TYPE or surface.item.class_name in DOOR_CLASSES


def is_tubular(surface: Surface) -> bool:
    """Whether a glazed opening is an end of a tubular daylighting device."""
    return key(surface.item.get("surface_type")).startswith(TUBULAR)


def _kind(surface: Surface, roofs: set[str]) -> Kind:
    if is_tubular(surface):
        return Kind.TUBULAR
    if surface.base in roofs:
        return Kind.SKYLIGHT
    return Kind.GLAZED_DOOR if is_door(surface) else Kind.WINDOW
