"""The time series that a profile asks a model for. Pure."""

from collections.abc import Iterator

from shared.energyplus.formats.document import Document, PreparationError
from shared.energyplus.preparation.outputs import Output
from shared.energyplus.preparation.usual_meters import usual_meters
from shared.energyplus.profiles import AS_AUTHORED, HOURLY, PROFILES, SUMMARY
from shared.energyplus.traits import IDEAL_LOADS, IDEAL_TEMPLATE

SITE_VARIABLES = (
    "Site Outdoor Air Drybulb Temperature",
    "Site Direct Solar Radiation Rate per Area",
    "Site Diffuse Solar Radiation Rate per Area",
)
ZONE_VARIABLES = ("Zone Mean Air Temperature", "Zone Air Relative Humidity")
#: Of zones with equipment, which these classes say.
CONDITIONED_ZONES = ("ZoneHVAC:EquipmentConnections", "HVACTemplate:Zone:")
CONDITIONED_VARIABLES = ("Zone Air System Sensible Heating Rate", "Zone Air System Sensible Cooling Rate")
IDEAL_VARIABLES = ("Zone Ideal Loads Zone Total Heating Rate", "Zone Ideal Loads Zone Total Cooling Rate")


def profiled(document: Document, profile: str, outputs: tuple[Output, ...] | None) -> tuple[Output, ...] | None:
    """The series of a model under a profile; None leaves those that the model has. Raises PreparationError."""
    if profile == AS_AUTHORED:
        return outputs
    if profile == SUMMARY:
        return outputs or ()
    if profile == HOURLY:
        usual = [Output(name) for name in (*usual_meters(document), *_variables(document))]
        asked = outputs or ()
        return (*(output for output in usual if output not in asked), *asked)
    raise PreparationError("output_refused", f"There is no profile {profile!r}, only {', '.join(PROFILES)}")


def _variables(document: Document) -> Iterator[str]:
    yield from SITE_VARIABLES
    classes = {name.lower() for name in document.classes()}
    if "zone" in classes:
        yield from ZONE_VARIABLES
    if any(name.startswith(beginning.lower()) for name in classes for beginning in CONDITIONED_ZONES):
        yield from CONDITIONED_VARIABLES
    if classes & {IDEAL_LOADS.lower(), IDEAL_TEMPLATE.lower()}:
        yield from IDEAL_VARIABLES
