"""Objects that bind windows to the construction that they have, so that the measures of glazing refuse them."""

from collections.abc import Iterable, Iterator

from shared.energyplus.building.fields import key, text
from shared.energyplus.building.surfaces import Surface
from shared.energyplus.formats.document import Document, shown_name
from shared.energyplus.measures.measure import refuse

SHADING_CONTROL = "WindowShadingControl"
BETWEEN_GLASS = "BETWEENGLASS"
#: Classes about the panes of a window, and the field that names the window; `name` is an object's name.
ABOUT_PANES = {
    "WindowProperty:AirflowControl": "name",
    "WindowProperty:StormWindow": "window_name",
    "SurfaceProperty:SolarIncidentInside": "surface_name",
    "ComplexFenestrationProperty:SolarAbsorbedLayers": "fenestration_surface",
}


def refuse_bound_windows(document: Document, windows: Iterable[Surface]) -> None:
    """Raises PreparationError for a window whose construction belongs to another object."""
    names = {key(window.item.name) for window in windows}
    for reason in (*_controlled(document, names), *_about_panes(document, names)):
        refuse(reason)


def _controlled(document: Document, names: set[str]) -> Iterator[str]:
    for control in document.objects(SHADING_CONTROL):
        own = [name for name in control.listed() if key(name) in names]
        if not own:
            continue
        if key(control.get("shading_type")).startswith(BETWEEN_GLASS):
            yield f"{shown_name(control)} has a shade between the panes of window '{own[0]}'"
        if shaded := text(control, "construction_with_shading_name"):
            yield f"{shown_name(control)} gives window '{own[0]}' the construction '{shaded}', which would not match"


def _about_panes(document: Document, names: set[str]) -> Iterator[str]:
    for class_name, field in ABOUT_PANES.items():
        for item in document.objects(class_name):
            window = item.name if field == "name" else text(item, field)
            if key(window) in names:
                yield f"{shown_name(item)} is about the panes of window '{window}'"
