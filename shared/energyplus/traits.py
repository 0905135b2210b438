"""Properties of a model that its results do not show: ideal loads, which are loads and not energy."""

from shared.energyplus.formats.document import Document, ModelObject

IDEAL_LOADS = "ZoneHVAC:IdealLoadsAirSystem"
#: Has no efficiencies; ExpandObjects makes an IDEAL_LOADS of it.
IDEAL_TEMPLATE = "HVACTemplate:Zone:IdealLoadsAirSystem"
EFFICIENCIES = ("heating_fuel_efficiency_schedule_name", "cooling_fuel_efficiency_schedule_name")


def has_ideal_loads(document: Document) -> bool:
    """Whether a system delivers loads without using energy: an ideal one without the efficiencies of its fuels."""
    ideal = [*document.objects(IDEAL_LOADS), *document.objects(IDEAL_TEMPLATE)]
    return any(not _uses_energy(system) for system in ideal)


def _uses_energy(system: ModelObject) -> bool:
    return all(system.get(field) is not None for field in EFFICIENCIES)
