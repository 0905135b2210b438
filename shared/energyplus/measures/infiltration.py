"""Infiltration: the air that comes through the envelope, by the field that the method uses."""

from collections.abc import Iterator

from shared.energyplus.building.fields import key, text
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.ems import described, on_components, on_schedules
from shared.energyplus.measures.gains import scale_used
from shared.energyplus.measures.measure import FACTOR, Applied, Measure, Options, refuse
from shared.energyplus.measures.scaling import objects_of

BY_METHOD = "ZoneInfiltration:DesignFlowRate"
FIELDS = {
    "ZoneInfiltration:EffectiveLeakageArea": "effective_air_leakage_area",
    "ZoneInfiltration:FlowCoefficient": "flow_coefficient",
}
NETWORK, UNUSED_NETWORK = "AirflowNetwork:SimulationControl", "NOMULTIZONEORDISTRIBUTION"
#: EMS's names for infiltration and its flow.
COMPONENT = ("Zone Infiltration", "Air Exchange Flow Rate")
VENTILATION = ("ZoneVentilation:DesignFlowRate", "ZoneVentilation:WindandStackOpenArea")


def _infiltration(document: Document, factor: float, _: Options) -> Applied:
    _refuse_network(document)
    items = objects_of(document, (BY_METHOD, *FIELDS))
    if not items:
        refuse(f"the model has no {BY_METHOD}, {' and no '.join(FIELDS)}")
    done = scale_used(document, items, factor, COMPONENT, FIELDS)
    return Applied(done.changed, (*done.left, *_left(document, items)))


def _refuse_network(document: Document) -> None:
    for item in document.objects(NETWORK):
        if is_used(item):
            control = text(item, "airflownetwork_control")
            refuse(f"{shown_name(item)} ({control}) computes the air flows instead of the ZoneInfiltration objects")


def is_used(network: ModelObject) -> bool:
    """Whether an AirflowNetwork computes air flows."""
    return key(network.get("airflownetwork_control")) not in (UNUSED_NETWORK, "")


def _left(document: Document, items: list[ModelObject]) -> Iterator[str]:
    for item in objects_of(document, VENTILATION):
        yield f"{shown_name(item)} is ventilation"
    schedules = {text(item, "schedule_name") for item in items}
    yield from described(document, [*on_components(document, COMPONENT[0]), *on_schedules(document, schedules)])


INFILTRATION = Measure(
    name="infiltration",
    text="Air that comes through the envelope (ZoneInfiltration:DesignFlowRate, EffectiveLeakageArea, "
    "FlowCoefficient), multiplied; EMS programs may set it regardless; refused where they always set all of it, "
    "and where an AirflowNetwork computes it.",
    unit=FACTOR,
    low=0,
    high=5,
    apply=_infiltration,
)
