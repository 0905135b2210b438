"""The cases of every measure on the DOE buildings."""

from collections.abc import Mapping

from shared.energyplus.measures.efficiency import COOLING_RATINGS, HEATING_RATINGS, Rating
from tests.measures.case import Case, Sign
from tests.measures.envelope import ENVELOPE
from tests.measures.nominal import Nominal, both, covered_share, eio, itself, mean, plus, table, times
from tests.measures.simulate import Season

#: No daylighting controls and no EMS program that acts on lights.
APARTMENTS = ("ASHRAE901_ApartmentHighRise", "ASHRAE901_ApartmentMidRise")
UNDIMMED = ("RefBldg", *APARTMENTS)
EVERY_MODEL = ("RefBldg", "ASHRAE901")
FIVE = (
    "RefBldgSmallOffice",
    "RefBldgMediumOffice",
    "RefBldgStand-aloneRetail",
    "RefBldgPrimarySchool",
    "ASHRAE901_ApartmentMidRise",
    "ASHRAE901_OfficeSmall",
)
SET_POINTS = (
    "RefBldgSmallOffice",
    "RefBldgMediumOffice",
    "RefBldgStand-aloneRetail",
    "RefBldgStripMall",
    "RefBldgMidriseApartment",
    "ASHRAE901_Warehouse",
)
PLANTS = (
    "RefBldgSmallOffice",
    "RefBldgMediumOffice",
    "RefBldgSecondarySchool",
    "RefBldgMidriseApartment",
    "ASHRAE901_RetailStandalone",
    "ASHRAE901_OfficeSmall",
)
#: Their roofs have no skylights with frames, whose area the engine takes out of the roof's.
ROOFS = tuple(model for model in FIVE if model != "RefBldgPrimarySchool")
_EQUIPMENT = "EquipmentSummary"
_RATED = "Nominal Efficiency"


def _rated(coils: str, ratings: Mapping[str, Rating]) -> Nominal:
    """Without electric resistance, whose efficiency of 1 stays in all DOE models."""
    types = {name for name, rating in ratings.items() if not rating.is_resistance}
    plant = table(_EQUIPMENT, "Central Plant", "Reference Efficiency", types)
    return Nominal("rated COP or efficiency", both(table(_EQUIPMENT, coils, _RATED, types), plant), times)


def _set_point(word: str) -> Nominal:
    return Nominal(f"mean {word.lower()} set-point, C", mean(f"Zone Thermostat {word} Setpoint Temperature"), plus)


CASES = (
    *ENVELOPE,
    Case(
        measure="lighting_power",
        value=1.5,
        inverse=1 / 1.5,
        nominal=Nominal("installed W", eio("Lights Internal Gains Nominal", "Lighting Level"), times),
        end_use="InteriorLights:Electricity",
        sign=Sign.MORE,
        season=Season.WINTER,
        models=EVERY_MODEL,
        exact=UNDIMMED,
        undone_on=FIVE,
    ),
    Case(
        measure="plug_power",
        value=1.5,
        inverse=1 / 1.5,
        nominal=Nominal("installed W", eio("ElectricEquipment Internal Gains Nominal", "Equipment Level"), times),
        end_use="InteriorEquipment:Electricity",
        sign=Sign.MORE,
        season=Season.WINTER,
        models=FIVE,
        exact=FIVE,
    ),
    Case(
        measure="infiltration",
        value=0.5,
        inverse=2,
        nominal=Nominal(
            "design flow, m3/s", eio("ZoneInfiltration Airflow Stats Nominal", "Design Volume Flow Rate"), times
        ),
        end_use="Heating:",
        sign=Sign.LESS,
        season=Season.WINTER,
        models=FIVE,
    ),
    Case(
        measure="cooling_setpoint",
        value=1,
        inverse=-1,
        nominal=_set_point("Cooling"),
        end_use="Cooling:",
        sign=Sign.LESS,
        season=Season.SUMMER,
        models=SET_POINTS,
    ),
    Case(
        measure="heating_setpoint",
        value=-1,
        inverse=1,
        nominal=_set_point("Heating"),
        end_use="Heating:",
        sign=Sign.LESS,
        season=Season.WINTER,
        models=SET_POINTS,
    ),
    Case(
        measure="cooling_efficiency",
        value=1.2,
        inverse=1 / 1.2,
        nominal=_rated("Cooling Coils", COOLING_RATINGS),
        end_use="Cooling:Electricity",
        sign=Sign.LESS,
        season=Season.SUMMER,
        models=PLANTS,
    ),
    Case(
        measure="heating_efficiency",
        value=1.1,
        inverse=1 / 1.1,
        nominal=_rated("Heating Coils", HEATING_RATINGS),
        end_use="Heating:",
        sign=Sign.LESS,
        season=Season.WINTER,
        models=PLANTS,
    ),
    Case(
        measure="fan_efficiency",
        value=0.8,
        inverse=1.25,
        nominal=Nominal("total efficiency", table(_EQUIPMENT, "Fans", "Total Efficiency"), times),
        end_use="Fans:Electricity",
        sign=Sign.MORE,
        season=Season.SUMMER,
        models=PLANTS,
    ),
    Case(
        measure="orientation",
        value=45,
        inverse=-45,
        nominal=Nominal("north axis, degrees", eio("Building Information", "North Axis"), plus),
        end_use="Cooling:",
        sign=Sign.EITHER,
        season=Season.SUMMER,
        models=PLANTS,
    ),
    Case(
        measure="photovoltaics",
        value=0.5,
        inverse=None,
        nominal=Nominal("share of the roofs", covered_share(150), itself),
        end_use="Cogeneration:ElectricityPurchased",
        sign=Sign.LESS,
        season=Season.SUMMER,
        models=ROOFS,
    ),
)
