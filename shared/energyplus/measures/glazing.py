"""Measures `glazing_u` and `glazing_shgc`: the glass of exterior windows becomes one with these properties.

The construction becomes one WindowMaterial:SimpleGlazingSystem, whose U-value is in W/m2K with the air films of winter
conditions and whose solar heat gain coefficient (SHGC) is at normal incidence; both are of the glass without frame.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.energyplus.building.envelope import Envelope, by_construction
from shared.energyplus.building.fields import key, number
from shared.energyplus.building.layers import Construction, read_constructions, read_materials
from shared.energyplus.building.naming import free_name
from shared.energyplus.building.surfaces import Surface
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.acting import construction_states
from shared.energyplus.measures.measure import Applied, Measure, Option, Options, refuse
from shared.energyplus.measures.openings import Kind, framed, glazed_openings, interior_glazing
from shared.energyplus.measures.window_controls import refuse_bound_windows

SIMPLE = "WindowMaterial:SimpleGlazingSystem"
LAYERED = "Construction"
#: Layers of a window that are no glass, and would be lost with the construction.
SHADES = ("WindowMaterial:Shade", "WindowMaterial:Blind", "WindowMaterial:Screen", "WindowMaterial:ComplexShade")
#: Input Output Reference, "WindowMaterial:SimpleGlazingSystem": the model of the glass holds up to 7 W/m2K.
LOWEST_U, HIGHEST_U = 0.3, 7.0
LOWEST_SHGC, HIGHEST_SHGC = 0.05, 0.95
#: Value of the option for the other property.
KEEP = 0


@dataclass(frozen=True, slots=True)
class Glass:
    """U-value in W/m2K, SHGC, and visible transmittance; None: EnergyPlus derives it from the SHGC."""

    u_value: float
    shgc: float
    visible: float | None

    def __str__(self) -> str:
        visible = "" if self.visible is None else f" VT {self.visible:g}"
        return f"U {self.u_value:g} SHGC {self.shgc:g}{visible}"


def _apply(document: Document, u_value: float, shgc: float, options: Options) -> Applied:
    """Change the glass; KEEP as one of the values keeps the model's own."""
    envelope = Envelope.of(document)
    surfaces = envelope.surfaces
    openings = glazed_openings(surfaces)
    wanted = {Kind.WINDOW: True, Kind.GLAZED_DOOR: options.get("doors"), Kind.SKYLIGHT: options.get("skylights")}
    own = [opening for kind, chosen in wanted.items() if chosen for opening in openings.get(kind, ())]
    left = [f"{len(those)} {kind}s stay" for kind, those in openings.items() if not wanted.get(kind)]
    if inside := interior_glazing(surfaces):
        left.append(f"{len(inside)} glazed openings between zones stay")
    if not own:
        refuse("; ".join(["the model has no exterior windows", *left]))
    refuse_bound_windows(document, own)
    changed = _change(document, envelope, own, u_value, shgc)
    names = {key(opening.item.name) for opening in own}
    return Applied(tuple(changed), (*left, *framed(own), *construction_states(document, names)))


def _change(
    document: Document, envelope: Envelope, openings: Sequence[Surface], u_value: float, shgc: float
) -> list[str]:
    constructions = {item.key: item for item in read_constructions(document)}
    materials = {key(item.name): item.class_name for item in read_materials(document)}
    simple = {key(item.name): _glass(item) for item in document.objects(SIMPLE)}
    names = _Names(document, set(constructions), set(materials))
    changed = []
    for name, own in by_construction(openings).items():
        construction = constructions.get(name) or refuse(
            f"{shown_name(own[0].item)}: its construction '{name}' is not in the model"
        )
        _refuse_special(construction, materials)
        old = simple.get(key(construction.layers[0])) if len(construction.layers) == 1 else None
        if old is None and KEEP in (u_value, shgc):
            other = "shgc" if shgc == KEEP else "u_value"
            refuse(f"Construction '{construction.name}' is of panes, so the option {other} is needed")
        glass = Glass(u_value, shgc, None)
        if old:
            glass = Glass(u_value or old.u_value, shgc or old.shgc, old.visible)
        new = names.of(glass)
        for opening in own:
            opening.item.set("construction_name", new)
        before = f", which was {old}" if old else ""
        changed.append(
            f"{len(own)} openings, {envelope.area(own):.6g} m2: construction '{construction.name}'"
            f"{before}, changed to '{new}'"
        )
    return [*names.added, *changed]


class _Names:
    """The constructions that are added, one for each glass."""

    def __init__(self, document: Document, constructions: set[str], materials: set[str]) -> None:
        self._document = document
        self._constructions, self._materials = constructions, materials
        self._of: dict[Glass, str] = {}
        self.added: list[str] = []

    def of(self, glass: Glass) -> str:
        """The name of the construction of this glass."""
        if glass in self._of:
            return self._of[glass]
        material = free_name(f"Glazing {glass}", self._materials)
        fields = {"u_factor": glass.u_value, "solar_heat_gain_coefficient": glass.shgc}
        if glass.visible is not None:
            fields["visible_transmittance"] = glass.visible
        self._document.add(SIMPLE, material, **fields)
        name = self._of[glass] = free_name(f"Glazing {glass}", self._constructions)
        self._document.add(LAYERED, name, outside_layer=material)
        visible = "derived by EnergyPlus" if glass.visible is None else f"{glass.visible:g} as before"
        self.added.append(
            f"Construction '{name}' of one {SIMPLE} added: {glass.u_value:g} W/m2K with air films, "
            f"SHGC {glass.shgc:g}, visible transmittance {visible}"
        )
        return name


def _glass(item: ModelObject) -> Glass | None:
    """The properties of a simple glazing system; None where one is missing."""
    u_value, shgc = number(item, "u_factor"), number(item, "solar_heat_gain_coefficient")
    return Glass(u_value, shgc, number(item, "visible_transmittance")) if u_value and shgc else None


def _refuse_special(construction: Construction, materials: Mapping[str, str]) -> None:
    shown = f"{construction.class_name} '{construction.name}'"
    if construction.class_name != LAYERED:
        refuse(f"{shown} is on exterior windows and has properties that a simple glazing system has not")
    for layer in construction.layers:
        if materials.get(key(layer), "").startswith(SHADES):
            refuse(f"{shown} has a shade in it, '{layer}', which would be lost")


def _apply_u(document: Document, value: float, options: Options) -> Applied:
    return _apply(document, value, _other(options, "shgc", LOWEST_SHGC, HIGHEST_SHGC), options)


def _apply_shgc(document: Document, value: float, options: Options) -> Applied:
    return _apply(document, _other(options, "u_value", LOWEST_U, HIGHEST_U), value, options)


def _other(options: Options, name: str, low: float, high: float) -> float:
    value = float(options[name])
    if value != KEEP and not low <= value <= high:
        refuse(f"option {name} is {value:g}, and must be between {low:g} and {high:g}, or 0 to keep the model's own")
    return value


_PLACES = (
    Option("doors", "Change the glass of glazed doors too.", default=False),
    Option("skylights", "Change the glass of windows in roofs too.", default=False),
)
GLAZING_U = Measure(
    "glazing_u",
    "U-value of the glass of exterior windows, with air films and without frame, as one "
    "WindowMaterial:SimpleGlazingSystem; refused for complex fenestration, window data files and shades that belong "
    "to the old glass.",
    "W/m2K",
    LOWEST_U,
    HIGHEST_U,
    _apply_u,
    (Option("shgc", "SHGC; 0 keeps the model's own, which glass of panes has not.", default=KEEP), *_PLACES),
)
GLAZING_SHGC = Measure(
    "glazing_shgc",
    "Solar heat gain coefficient (SHGC) of the glass of exterior windows at normal incidence, as one "
    "WindowMaterial:SimpleGlazingSystem; refused as `glazing_u`.",
    "fraction",
    LOWEST_SHGC,
    HIGHEST_SHGC,
    _apply_shgc,
    (
        Option("u_value", "U-value in W/m2K; 0 keeps the model's own, which glass of panes has not.", default=KEEP),
        *_PLACES,
    ),
)
