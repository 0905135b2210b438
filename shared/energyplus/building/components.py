"""What a model is made of: its materials, its constructions with where they are used, its zones, and its areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.energyplus.building.layers import Construction, Material, read_constructions, read_materials
from shared.energyplus.building.quantities import Use, exterior_areas, uses
from shared.energyplus.building.surfaces import Element, read_surfaces
from shared.energyplus.building.zones import Zone, read_multipliers, read_zones
from shared.energyplus.findings import reject
from shared.energyplus.formats.document import Document

#: Materials, constructions and zones of the models in one answer; the largest DOE model has 200.
MAX_COMPONENTS = 20_000


@dataclass(frozen=True, slots=True)
class ModelComponents:
    """The components of one model; `uses` are by the key of a construction, areas in m2 by element to the outside."""

    materials: Sequence[Material]
    constructions: Sequence[Construction]
    uses: Mapping[str, Use]
    zones: Sequence[Zone]
    areas: Mapping[Element, float]

    @property
    def count(self) -> int:
        """How many components count for MAX_COMPONENTS."""
        return len(self.materials) + len(self.constructions) + len(self.zones)


def read_components(document: Document) -> ModelComponents:
    """The components of a model. Raises Rejected."""
    surfaces, multipliers = read_surfaces(document), read_multipliers(document)
    used, constructions = uses(surfaces, multipliers), read_constructions(document)
    found = ModelComponents(
        read_materials(document),
        constructions,
        {item.key: used[item.key] for item in constructions if item.key in used},
        read_zones(document, surfaces),
        exterior_areas(surfaces, multipliers),
    )
    check_count(found.count)
    return found


def check_count(components: int) -> None:
    """Raises Rejected for more components than one answer may have."""
    if components > MAX_COMPONENTS:
        raise reject(f"there are more than {MAX_COMPONENTS} materials, constructions and zones")
