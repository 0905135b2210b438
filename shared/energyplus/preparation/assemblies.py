"""Assemblies of a library in a model: their materials and constructions, on the exterior surfaces of their elements."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.assemblies.library import GAP
from shared.energyplus.building.envelope import Envelope
from shared.energyplus.building.fields import key
from shared.energyplus.building.layers import LAYERS, read_constructions, read_materials
from shared.energyplus.building.naming import free_name
from shared.energyplus.building.surfaces import Surface
from shared.energyplus.formats.document import Document, PreparationError, shown_name

SURFACES = "Output:Surfaces:List"
#: Outside of surfaces whose construction must be one of C- or F-factors.
FACTOR_METHOD = "GROUNDFCFACTORMETHOD"


@dataclass(frozen=True, slots=True)
class PlacedAssemblies:
    """What was changed, and of the elements with an assembly the global warming potential and the cost.

    `gwp` is in kg CO2e, `cost` in SEK; `u_values` are the library's in W/m2K, by the construction's name in the model.
    """

    changes: tuple[str, ...]
    gwp: float
    cost: float
    u_values: dict[str, float]


def exterior_surfaces(surfaces: Sequence[Surface], element: str) -> list[Surface]:
    """The surfaces of an element with air or ground on their other side."""
    return [surface for surface in surfaces if surface.is_exterior and surface.element == element]


def place(document: Document, assemblies: Sequence[Assembly]) -> PlacedAssemblies:
    """Give the exterior surfaces of each assembly's element the assembly. Raises PreparationError."""
    envelope = Envelope.of(document)
    changes: list[str] = []
    gwp = cost = 0.0
    u_values = {}
    for assembly in assemblies:
        own = exterior_surfaces(envelope.surfaces, assembly.element)
        if not own:
            raise PreparationError("assembly_refused", f"The model has no exterior {assembly.element}")
        _refuse_factors(own, assembly)
        name = _add(document, assembly)
        for surface in own:
            surface.item.set("construction_name", name)
        area = envelope.area(own)
        gwp += area * assembly.gwp
        cost += area * assembly.cost
        layers = " | ".join(layer.name for layer in assembly.layers)
        changes.append(
            f"Exterior {assembly.element}: construction '{name}' of the library ({layers}) on {len(own)} surfaces, "
            f"{area:.6g} m2 without openings and with multipliers"
        )
        if gaps := assembly.layers.count(GAP):
            changes.append(f"Construction '{name}': {gaps} x 12 mm of air added between panes; the library has none")
        if assembly.u_value is None:
            changes.append(f"Construction '{name}': the library has no U-value to compare with")
        else:
            u_values[name] = assembly.u_value
    if u_values:
        changes += _ask_for_u_values(document)
    return PlacedAssemblies(tuple(changes), gwp, cost, u_values)


def _add(document: Document, assembly: Assembly) -> str:
    """Add the materials and the construction; the construction's name."""
    name = free_name(assembly.name, {key(item.name) for item in read_constructions(document)})
    taken = {key(item.name) for item in read_materials(document)}
    names: list[str] = []
    for number, layer in enumerate(assembly.layers):
        if (same := assembly.layers.index(layer)) < number:
            names.append(names[same])
            continue
        names.append(free_name(f"{layer.name} ({name})", taken))
        taken.add(key(names[-1]))
        document.add(layer.class_name, names[-1], **layer.fields)
    document.add("Construction", name, **dict(zip(LAYERS, names, strict=False)))
    return name


def _refuse_factors(surfaces: Sequence[Surface], assembly: Assembly) -> None:
    for surface in surfaces:
        if key(surface.item.get("outside_boundary_condition")) == FACTOR_METHOD:
            raise PreparationError(
                "assembly_refused",
                f"{shown_name(surface.item)}: its outside, GroundFCfactorMethod, allows no construction of layers, "
                f"so it cannot have {assembly.name!r}",
            )


def _ask_for_u_values(document: Document) -> list[str]:
    if any(key(item.get("report_type")) == "DETAILS" for item in document.objects(SURFACES)):
        return []
    document.add(SURFACES, report_type="Details")
    return [f"{SURFACES}: Details added, for the U-values"]
