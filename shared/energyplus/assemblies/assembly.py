"""A construction of a library as typed values: written by the API, stored with the simulation, read by preparation."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AssemblyLayer:
    """One layer: the library's name, a class of EnergyPlus's materials, and the values of its fields."""

    name: str = ""
    class_name: str = ""
    #: Whole numbers stay whole on their way through JSON.
    fields: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assembly:
    """A construction for an element of the building, with layers from outside; `label` is its name in a run.

    `u_value` is in W/m2K, None where the library has none; `gwp` in kg CO2e/m2, `cost` in SEK/m2.
    """

    id: str = ""
    element: str = ""
    name: str = ""
    label: str = ""
    layers: tuple[AssemblyLayer, ...] = ()
    u_value: float | None = None
    gwp: float = 0.0
    cost: float = 0.0
