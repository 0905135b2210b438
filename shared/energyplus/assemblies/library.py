"""Translates rows of an old installation's library to assemblies. No value is made up: what is missing is refused."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.assemblies.assembly import Assembly, AssemblyLayer
from shared.energyplus.building.surfaces import Element
from shared.energyplus.findings import Finding, Rejected
from shared.energyplus.formats.field_value import field_value

OPAQUE = "Material"
GLAZING = "WindowMaterial:Glazing"
GAS = "WindowMaterial:Gas"
#: Elements that a library's constructions are for, in the order in which they vary: the last one fastest.
ELEMENTS = (Element.WALL, Element.ROOF, Element.FLOOR, Element.WINDOW)
#: The library has panes and no gaps between them.
GAP_M = 0.012
GAP = AssemblyLayer("Air gap 12 mm", GAS, {"gas_type": "Air", "thickness": GAP_M})
SPECTRAL_AVERAGE = "SpectralAverage"
#: As many as EnergyPlus takes.
MAX_LAYERS, MAX_PANES = 10, 4

#: Fields of EnergyPlus and columns of the library.
BODY = {
    "roughness": "roughness",
    "thickness": "thickness_m",
    "conductivity": "conductivity_w_mk",
    "density": "density_kg_m3",
    "specific_heat": "specific_heat_j_kgk",
}
#: Needed of the outermost and the innermost layer alone: within a construction nothing depends on them.
FACE = {name: name for name in ("thermal_absorptance", "solar_absorptance", "visible_absorptance")}
PANE = {
    "thickness": "thickness_m",
    "solar_transmittance_at_normal_incidence": "solar_transmittance",
    "front_side_solar_reflectance_at_normal_incidence": "front_solar_reflectance",
    "back_side_solar_reflectance_at_normal_incidence": "back_solar_reflectance",
    "visible_transmittance_at_normal_incidence": "visible_transmittance",
    "front_side_visible_reflectance_at_normal_incidence": "front_visible_reflectance",
    "back_side_visible_reflectance_at_normal_incidence": "back_visible_reflectance",
    "infrared_transmittance_at_normal_incidence": "infrared_transmittance",
    "front_side_infrared_hemispherical_emissivity": "front_ir_emissivity",
    "back_side_infrared_hemispherical_emissivity": "back_ir_emissivity",
    "conductivity": "conductivity_w_mk",
}
#: No property of the glass: a pane without them is clean and does not scatter.
PANE_OPTIONS = {
    "dirt_correction_factor_for_solar_and_visible_transmittance": "dirt_correction_factor",
    "solar_diffusing": "solar_diffusing",
}


@dataclass(frozen=True, slots=True)
class LibraryLayer:
    """One layer of the library: the row of its material or glazing, empty where it has neither."""

    row: Mapping[str, Any]
    is_pane: bool

    @property
    def shown(self) -> str:
        """What messages call it."""
        return f"{'glazing' if self.is_pane else 'material'} {str(self.row.get('name'))!r}"


@dataclass(frozen=True, slots=True)
class LibraryConstruction:
    """A construction for an element, to be called `label`: its row, None when it is missing, and its layers."""

    element: str
    label: str
    row: Mapping[str, Any] | None
    layers: tuple[LibraryLayer, ...]


def read_assemblies(schema: EpJSONSchema, constructions: Sequence[LibraryConstruction]) -> tuple[Assembly, ...]:
    """The constructions in their order. Raises Rejected with everything that is wrong with them."""
    found, findings = [], []
    for item in constructions:
        if item.row is None:
            findings.append(Finding("a construction of the scenario is no longer in the library"))
            continue
        try:
            found.append(read_assembly(schema, item.element, item.label, item.row, item.layers))
        except Rejected as rejected:
            findings += rejected.findings
    if findings:
        raise Rejected(*dict.fromkeys(findings))
    return tuple(found)


def read_assembly(
    schema: EpJSONSchema, element: str, label: str, row: Mapping[str, Any], layers: Sequence[LibraryLayer]
) -> Assembly:
    """The construction in `row`, with its layers from outside. Raises Rejected with everything that it lacks."""
    shown = f"construction {str(row.get('name'))!r}"
    faults = list(_unfit(element, shown, layers))
    found: list[AssemblyLayer] = []
    if not faults:
        for number, layer in enumerate(layers):
            read = _Reader(schema, shown, layer, faults)
            if found and found[-1].class_name == GLAZING:
                found.append(GAP)
            found.append(read.pane() if layer.is_pane else read.opaque(is_face=number in (0, len(layers) - 1)))
    u_value, gwp, cost = (
        _amount(row, column, shown, faults, may_lack=column.startswith("u_"))
        for column in ("u_value_w_m2k", "gwp_kgco2e_per_m2", "cost_sek_per_m2")
    )
    if faults:
        raise Rejected(*map(Finding, faults))
    return Assembly(
        id=str(row.get("id")),
        element=element,
        name=str(row.get("name")),
        label=label,
        layers=tuple(found),
        u_value=u_value,
        gwp=gwp or 0.0,
        cost=cost or 0.0,
    )


def _unfit(element: str, shown: str, layers: Sequence[LibraryLayer]) -> Iterator[str]:
    """Layers that make no construction of the element."""
    if element not in ELEMENTS:
        yield f"{shown} is for {element!r}, which is none of {', '.join(ELEMENTS)}"
        return
    if not layers:
        yield f"{shown} has no layers"
    is_window = element == Element.WINDOW
    most = MAX_PANES if is_window else MAX_LAYERS
    if len(layers) > most:
        yield f"{shown} has {len(layers)} layers, more than the {most} of EnergyPlus"
    for number, layer in enumerate(layers, 1):
        if not layer.row:
            yield f"{shown}: layer {number} has neither a material nor a glazing"
        elif layer.is_pane != is_window:
            kind = "must be a glazing in a window" if is_window else f"cannot be in a {element}"
            yield f"{shown}: layer {number}, {layer.shown}, {kind}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the fields of one layer; what is lacking or out of range goes into `faults`."""

    schema: EpJSONSchema
    shown: str
    layer: LibraryLayer
    faults: list[str]

    def opaque(self, *, is_face: bool) -> AssemblyLayer:
        needed, optional = (BODY | FACE, {}) if is_face else (BODY, FACE)
        return AssemblyLayer(str(self.layer.row["name"]), OPAQUE, self._fields(OPAQUE, needed, optional))

    def pane(self) -> AssemblyLayer:
        kind = self.layer.row.get("optical_data_type") or SPECTRAL_AVERAGE
        if kind != SPECTRAL_AVERAGE:
            self._fault(f"optical_data_type is {kind!r}, and the library has no spectral data")
        fields = {"optical_data_type": SPECTRAL_AVERAGE, **self._fields(GLAZING, PANE, PANE_OPTIONS)}
        return AssemblyLayer(str(self.layer.row["name"]), GLAZING, fields)

    def _fields(
        self, class_name: str, needed: Mapping[str, str], optional: Mapping[str, str]
    ) -> dict[str, float | str]:
        found: dict[str, float | str] = {}
        for field, column in {**needed, **optional}.items():
            value = self.layer.row.get(column)
            if value in (None, ""):
                if field in needed:
                    self._fault(f"the library has no {column}")
                continue
            try:
                found[field] = field_value(self.schema, class_name, field, value)
            except ValueError as error:
                self._fault(f"{column}: {error}")
        return found

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.shown}: {self.layer.shown}: {text}")


def _amount(row: Mapping[str, Any], column: str, shown: str, faults: list[str], *, may_lack: bool) -> float | None:
    value = row.get(column)
    if value is None and may_lack:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        faults.append(f"{shown}: the library has no {column}" + ("" if value is None else f" but {value!r}"))
        return None
    return float(value)
