"""Properties of a model that its results do not show: its name, and ideal loads, which are loads and not energy."""

from shared.energyplus.formats.document import Document, ModelObject

IDEAL_LOADS = "ZoneHVAC:IdealLoadsAirSystem"
#: Has no efficiencies; ExpandObjects makes an IDEAL_LOADS of it.
IDEAL_TEMPLATE = "HVACTemplate:Zone:IdealLoadsAirSystem"
EFFICIENCIES = ("heating_fuel_efficiency_schedule_name", "cooling_fuel_efficiency_schedule_name")
#: EnergyPlus's own limit of a name, when it had one, was 100.
MAX_NAME_CHARACTERS = 200


def has_ideal_loads(document: Document) -> bool:
    """Whether a system delivers loads without using energy: an ideal one without the efficiencies of its fuels."""
    ideal = [*document.objects(IDEAL_LOADS), *document.objects(IDEAL_TEMPLATE)]
    return any(not _uses_energy(system) for system in ideal)


def building_name(document: Document) -> str | None:
    """The name of the Building object; None where the model has none or does not name it."""
    return next((item.name[:MAX_NAME_CHARACTERS] for item in document.objects("Building") if item.name), None)


def _uses_energy(system: ModelObject) -> bool:
    return all(system.get(field) is not None for field in EFFICIENCIES)
