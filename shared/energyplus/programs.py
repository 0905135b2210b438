"""Objects for which EnergyPlus runs another program or loads a library, and those that need a program it does not have.

Refused at the door and, because a parameter can change a field, again when a run is prepared. Source: what leads to a
call of system, popen and dlopen in EnergyPlus 25.2. The sandbox stops such a call too, without saying what to do.
"""

from collections.abc import Iterable

#: Beginnings of class names in lower case, and what to do instead.
CLASSES = {
    "groundheattransfer:": "needs the Slab or Basement preprocessor, which the engines here do not have; run it first "
    "and give the model its ground temperatures (Site:GroundTemperature:BuildingSurface)",
    "pythonplugin:": "runs Python code, which is not accepted; use EnergyManagementSystem objects instead",
    "externalinterface": "couples the model with another program, which is not accepted",
}
#: A class whose g-functions are computed by the program GHEDesigner, from this version on, unless it is told not to.
GROUND_HEAT_EXCHANGER, DESIGNED_SINCE = "GroundHeatExchanger:System", [25, 2]
#: Position in an IDF and name in epJSON of the field with g-functions that are given, and of the method.
RESPONSE_FACTORS = (8, "ghe_vertical_responsefactors_object_name")
METHOD = (9, "g_function_calculation_method")
COMPUTED_BY_ENERGYPLUS = "uhfcalc"
SHOWN_CHARACTERS = 60


def advice_on_class(class_name: str) -> str:
    """What to do instead of an object of this class; empty where it may be there."""
    name = class_name.lower()
    return next((text for beginning, text in CLASSES.items() if name.startswith(beginning)), "")


def advice_on_design(response_factors: Iterable[str], methods: Iterable[str]) -> str:
    """What to do instead of the method of a ground heat exchanger; empty where EnergyPlus runs no program for it."""
    if any(response_factors):
        return ""
    for method in methods:
        if method.strip().lower() not in ("", COMPUTED_BY_ENERGYPLUS):
            return (
                f"runs another program, GHEDesigner, for the method {method[:SHOWN_CHARACTERS]!r}, which is not "
                "accepted; choose UHFcalc as its g-Function Calculation Method, or give it g-functions "
                "(GroundHeatExchanger:ResponseFactors)"
            )
    return ""


def has_designer(engine: str) -> bool:
    """Whether this version of EnergyPlus runs GHEDesigner; earlier ones have its methods built in."""
    return [int(part) for part in engine.split(".")[:2]] >= DESIGNED_SINCE
