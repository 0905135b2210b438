"""Lighting and plug power: the installed power of the objects, by the field that their method uses."""

from collections.abc import Mapping, Sequence

from shared.energyplus.building.fields import text
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.ems import described, on_components, on_schedules, refuse_overridden
from shared.energyplus.measures.measure import FACTOR, Applied, Measure, Options, refuse
from shared.energyplus.measures.scaling import gather, objects_of, scale
from shared.energyplus.methods import METHODS

DAYLIGHTING = "Daylighting:Controls"
#: EMS's name for the power of lights and equipment.
ELECTRICITY = "Electricity Rate"
NO_FIELDS: Mapping[str, str] = {}
OTHER_EQUIPMENT = (
    "GasEquipment",
    "HotWaterEquipment",
    "SteamEquipment",
    "OtherEquipment",
    "ElectricEquipment:ITE:AirCooled",
    "Exterior:FuelEquipment",
)


def _lighting(document: Document, factor: float, _: Options) -> Applied:
    lights = _objects(document, "Lights")
    done = scale_used(document, lights, factor, ("Lights", ELECTRICITY))
    left = [f"{shown_name(item)} also dims lights" for item in document.objects(DAYLIGHTING)]
    left += [f"{shown_name(item)} is exterior lighting" for item in document.objects("Exterior:Lights")]
    return Applied(done.changed, (*done.left, *left, *_managed(document, "Lights", lights)))


def _plugs(document: Document, factor: float, _: Options) -> Applied:
    plugs = _objects(document, "ElectricEquipment")
    done = scale_used(document, plugs, factor, ("ElectricEquipment", ELECTRICITY))
    left = [f"{shown_name(item)} is other equipment" for item in objects_of(document, OTHER_EQUIPMENT)]
    return Applied(done.changed, (*done.left, *left, *_managed(document, "ElectricEquipment", plugs)))


def _objects(document: Document, class_name: str) -> Sequence[ModelObject]:
    return document.objects(class_name) or refuse(f"the model has no {class_name}")


def scale_used(
    document: Document,
    items: Sequence[ModelObject],
    factor: float,
    component: tuple[str, str],
    fields: Mapping[str, str] = NO_FIELDS,
) -> Applied:
    """Multiply in each object the field that its method uses, or the one that its class has in `fields`.

    A blank field and a zero are left: EnergyPlus takes both for nothing. Refused where EMS programs set all objects
    with a value; `component` has EMS's names for them and their power or flow.
    """
    scaled, left = {}, []
    for item in items:
        field = fields.get(item.class_name) or used_field(item)
        value = item.get(field)
        if value is None or value == 0:
            left.append(f"{shown_name(item)}: {field} is {'empty' if value is None else 0}")
        else:
            scaled[item] = scale(document, item, field, factor)
    if scaled:
        refuse_overridden(document, scaled, *component)
    return gather(scaled.values(), left)


def used_field(item: ModelObject) -> str:
    """The field with the power or the flow of an object, by its method. Raises PreparationError."""
    method = METHODS[item.class_name]
    chosen = text(item, method.field)
    return method.used(chosen) or refuse(
        f"{shown_name(item)}: {method.field} is {chosen!r}, which is none of {', '.join(method.uses)}"
    )


def _managed(document: Document, class_name: str, items: Sequence[ModelObject]) -> tuple[str, ...]:
    schedules = {text(item, "schedule_name") for item in items}
    found = [*on_components(document, class_name), *on_schedules(document, schedules)]
    return tuple(described(document, found))


LIGHTING = Measure(
    name="lighting_power",
    text="Installed power of interior lights (Lights), multiplied; daylighting controls stay as they are and go on "
    "dimming; EMS programs may set the power regardless, and it is refused where they set that of all "
    "lights at all times.",
    unit=FACTOR,
    low=0,
    high=3,
    apply=_lighting,
)
PLUGS = Measure(
    name="plug_power",
    text="Installed power of electric equipment (ElectricEquipment), multiplied; gas and other equipment stays as it "
    "is; EMS programs may set the power regardless, and it is refused where they set that of all "
    "equipment at all times.",
    unit=FACTOR,
    low=0,
    high=3,
    apply=_plugs,
)
