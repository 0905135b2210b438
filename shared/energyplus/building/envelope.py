"""The surfaces of a model with their net areas, for changes of its constructions and openings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.energyplus.building.quantities import net_areas
from shared.energyplus.building.surfaces import Surface, read_surfaces
from shared.energyplus.building.zones import read_multipliers
from shared.energyplus.findings import Rejected
from shared.energyplus.formats.document import Document, PreparationError


@dataclass(frozen=True, slots=True)
class Envelope:
    """All surfaces of a model; `multipliers` are by the key of a zone."""

    surfaces: Sequence[Surface]
    multipliers: Mapping[str, float]
    _areas: Mapping[int, float]

    @classmethod
    def of(cls, document: Document) -> "Envelope":
        """The surfaces of a document. Raises PreparationError for one whose numbers make no areas."""
        try:
            surfaces, multipliers = read_surfaces(document), read_multipliers(document)
        except Rejected as error:
            raise PreparationError("model_unreadable", f"The model cannot be read: {error}") from error
        areas = zip(map(id, surfaces), net_areas(surfaces, multipliers), strict=True)
        return cls(surfaces, multipliers, dict(areas))

    def area(self, surfaces: Iterable[Surface]) -> float:
        """Area in m2 of some of the surfaces, without openings and with multipliers."""
        return sum(self._areas[id(surface)] for surface in surfaces)


def by_construction(surfaces: Iterable[Surface]) -> Mapping[str, list[Surface]]:
    """The surfaces by the keys of their constructions."""
    found: dict[str, list[Surface]] = defaultdict(list)
    for surface in surfaces:
        found[surface.construction].append(surface)
    return found
