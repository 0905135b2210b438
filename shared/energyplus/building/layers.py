"""The materials and constructions of a model."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.energyplus.building.fields import key
from shared.energyplus.formats.document import Document, ModelObject

#: Beginnings of classes of materials.
MATERIALS = ("Material", "WindowMaterial:")
#: Properties of materials do not stand by themselves.
NOT_MATERIALS = "MaterialProperty:"
CONSTRUCTIONS = "Construction"
NOT_CONSTRUCTIONS = "ConstructionProperty:"
#: Fields of a construction that name its layers, from outside.
LAYERS = ("outside_layer", *(f"layer_{number}" for number in range(2, 12)))
#: Properties that are read of materials, of those that the class has.
PROPERTIES = (
    *("thickness", "conductivity", "density", "specific_heat", "roughness"),
    *("thermal_absorptance", "solar_absorptance", "visible_absorptance"),
)


@dataclass(frozen=True, slots=True)
class Material:
    """A material; `properties` are by field, with EnergyPlus's default for a blank one, None where there is none."""

    name: str
    class_name: str
    properties: Mapping[str, int | float | str | None]


@dataclass(frozen=True, slots=True)
class Construction:
    """A construction with the names of its layers from outside; empty where its class has no layers."""

    name: str
    class_name: str
    layers: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name as surfaces refer to it."""
        return key(self.name)


def read_materials(document: Document) -> list[Material]:
    """All materials, by class and in the order of the model."""
    return [
        Material(item.name, item.class_name, {field: _property(document, item, field) for field in PROPERTIES})
        for item in material_objects(document)
    ]


def material_objects(document: Document) -> list[ModelObject]:
    """The objects of all materials, by class and in the order of the model."""
    return [
        item
        for class_name in sorted(document.classes())
        if class_name.startswith(MATERIALS) and not class_name.startswith(NOT_MATERIALS)
        for item in document.objects(class_name)
    ]


def read_constructions(document: Document) -> list[Construction]:
    """All constructions, by class and in the order of the model."""
    return [
        Construction(item.name, class_name, tuple(str(layer) for field in LAYERS if (layer := item.get(field))))
        for class_name in sorted(document.classes())
        if class_name.startswith(CONSTRUCTIONS) and not class_name.startswith(NOT_CONSTRUCTIONS)
        for item in document.objects(class_name)
    ]


def _property(document: Document, item: ModelObject, field: str) -> float | str | None:
    described = document.schema.get_field_schema(item.class_name, field)
    if described is None:
        return None
    value = item.get(field)
    value = described.get("default") if value is None else value
    return value if isinstance(value, int | float | str) else None
