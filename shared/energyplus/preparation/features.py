"""What of a model decides how long EnergyPlus takes: sizes, systems, steps. Counted, nothing is simulated.

Counted by the worker in the prepared model, whose time is known afterwards, and by a dry run in the model whose time is
to be estimated; the same model with the same period and outputs has the same features.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from shared.energyplus.formats.document import Document
from shared.energyplus.preparation.outputs import SERIES_CLASSES, Output
from shared.energyplus.preparation.period import SIZING_CLASSES, control, days_of

#: EnergyPlus's own when a model has no Timestep.
DEFAULT_TIMESTEPS = 6
#: Classes by what is before the first colon of their names, in lower case: systems of air and zones, and water loops.
SYSTEMS = frozenset(
    (
        *("airloophvac", "airterminal", "coil", "controller", "fan", "generator", "heatexchanger", "humidifier"),
        *("refrigeration", "setpointmanager", "zonehvac"),
    )
)
PLANT = frozenset(
    (
        *("boiler", "chiller", "condenserloop", "coolingtower", "districtcooling", "districtheating", "fluidcooler"),
        *("heatpump", "plantloop", "pump", "solarcollector", "thermalstorage", "waterheater"),
    )
)
SURFACES = frozenset(("buildingsurface", "wall", "roof", "ceiling", "floor", "roofceiling", "internalmass"))
OPENINGS = frozenset(("fenestrationsurface", "window", "door", "glazeddoor"))
#: Reports of a series in a simulated hour; "Timestep" and "Detailed" depend on the model's steps.
PER_HOUR = {"hourly": 1.0, "daily": 1 / 24}
EACH_STEP = ("timestep", "detailed", "each call")

#: No honest model comes near; what a helper says is checked against it.
MOST = 10**9
Count = Annotated[int, Field(ge=0, le=MOST)]


@dataclass(frozen=True, slots=True)
class ModelFeatures:
    """Counts of a model as it is simulated.

    `environments` are the periods that are simulated, each of which warms up first, design days of sizing included;
    `days` are theirs together. `series` are reported values in a simulated hour. `finite_differences` and
    `air_network` are whether the model has these costly calculations.
    """

    zones: Count
    surfaces: Count
    openings: Count
    systems: Count
    plant: Count
    steps_per_hour: Count
    environments: Count
    days: Count
    series: Count
    finite_differences: bool
    air_network: bool


def read_features(document: Document, wanted: Sequence[Output] | None = None) -> ModelFeatures:
    """Count in a document whose period is set; `wanted` are series in place of the document's own."""
    counts = Counter[str]()
    for name in document.classes():
        counts[name.lower().partition(":")[0]] += len(document.objects(name))
    steps = _steps(document)
    zones, surfaces = len(document.objects("Zone")), _count(counts, SURFACES)
    environments = list(_environments(document))
    return ModelFeatures(
        zones=zones,
        surfaces=surfaces,
        openings=_count(counts, OPENINGS),
        systems=_count(counts, SYSTEMS),
        plant=_count(counts, PLANT),
        steps_per_hour=steps,
        environments=len(environments),
        days=min(sum(environments), MOST),
        series=min(round(sum(_reports(output, steps, zones, surfaces) for output in _series(document, wanted))), MOST),
        finite_differences=_has_finite_differences(document),
        air_network=counts["airflownetwork"] > 0,
    )


def _count(counts: Counter[str], families: frozenset[str]) -> int:
    return sum(counts[family] for family in families)


def _steps(document: Document) -> int:
    for item in document.objects("Timestep"):
        value = item.get("number_of_timesteps_per_hour")
        if isinstance(value, int | float) and 1 <= value <= 60:
            return int(value)
    return DEFAULT_TIMESTEPS


def _environments(document: Document) -> Iterator[int]:
    """Days of each period that is simulated: sizing calculations simulate the design days, too."""
    sizing, weather = control(document)
    design_days = sum(len(document.objects(name)) for name in SIZING_CLASSES)
    for is_simulated in (*_sizing_calculations(document), sizing):
        yield from [1] * design_days if is_simulated else ()
    if weather:
        yield from (days_of(period) for period in document.objects("RunPeriod"))


def _sizing_calculations(document: Document) -> Iterator[bool]:
    for item in document.objects("SimulationControl"):
        for what in ("zone", "system", "plant"):
            yield str(item.get(f"do_{what}_sizing_calculation") or "No").strip().lower() == "yes"
        return


def _series(document: Document, wanted: Sequence[Output] | None) -> Iterator[Output]:
    if wanted is not None:
        yield from wanted
        return
    for class_name in SERIES_CLASSES:
        for item in document.objects(class_name):
            yield Output(
                str(item.get("variable_name") or ""),
                str(item.get("key_value") or item.get("key_name") or "*"),
                str(item.get("reporting_frequency") or "Hourly"),
            )


def _reports(output: Output, steps: int, zones: int, surfaces: int) -> float:
    """Values of a series in a simulated hour."""
    frequency = output.frequency.strip().lower()
    per_hour = float(steps) if frequency in EACH_STEP else PER_HOUR.get(frequency, 0.0)
    if output.key.strip() not in ("*", ""):
        return per_hour
    name = output.variable.strip().lower()
    return per_hour * (zones if name.startswith("zone ") else surfaces if name.startswith("surface ") else 1)


def _has_finite_differences(document: Document) -> bool:
    algorithms = (str(item.get("algorithm") or "") for item in document.objects("HeatBalanceAlgorithm"))
    kiva = bool(document.objects("Foundation:Kiva"))
    return kiva or any("finitedifference" in text.lower() for text in algorithms)
