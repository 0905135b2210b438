"""Cooling and heating efficiency: the rated COP or efficiency of the equipment, at every speed."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.energyplus.building.fields import key
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.measure import FACTOR, Applied, Measure, Options, refuse
from shared.energyplus.measures.scaling import Scaled, gather, objects_of, scale, stated
from shared.energyplus.measures.templates import refuse_templates


@dataclass(frozen=True, slots=True)
class Rating:
    """The fields with the rated efficiency of a class; with `speeds`, `{}` in a field is the number of each speed.

    `most` is the highest value that it can have. Electric resistance at `most`, which electric boilers are too, stays
    there with any factor: no heater turns less of its electricity into heat. `burns` is the fuel whose use the
    efficiency is for, if not for all.
    """

    fields: tuple[str, ...]
    speeds: str = ""
    most: float = math.inf
    is_resistance: bool = False
    burns: str = ""

    def scaled(self, document: Document, item: ModelObject, factor: float) -> Iterator[Scaled]:
        """Multiply the fields that this object uses. Raises PreparationError."""
        if self.burns and key(item.get("fuel_type")) != self.burns:
            yield Scaled(f"{shown_name(item)} {_RESISTANCE}", is_done=False)
            return
        is_resistance = self.is_resistance or key(item.get("fuel_type")) == ELECTRICITY
        count = int(stated(document, item, self.speeds)) if self.speeds else 1
        for field in (field.format(speed) for field in self.fields for speed in range(1, count + 1)):
            if is_resistance and (before := stated(document, item, field)) >= self.most:
                yield Scaled(f"{shown_name(item)}: {field} stays {before:g}, it {_RESISTANCE}", is_done=False)
            else:
                yield scale(document, item, field, factor, most=self.most)


ELECTRICITY = "ELECTRICITY"
_RESISTANCE = "turns all of its electricity into heat already"

_COP, _HEATING_COP = Rating(("gross_rated_cooling_cop",)), Rating(("gross_rated_heating_cop",))
_PLANT_COP = Rating(("reference_coefficient_of_performance",))
_REFERENCE, _NOMINAL = Rating(("reference_cop",)), Rating(("nominal_cop",))
_UNIT = "speed_{}_reference_unit_gross_rated_%s_cop"
_HEATER = Rating(("efficiency",), most=1, is_resistance=True)

COOLING_RATINGS = {
    "Coil:Cooling:DX:SingleSpeed": _COP,
    "Coil:Cooling:DX:TwoSpeed": Rating(("high_speed_gross_rated_cooling_cop", "low_speed_gross_rated_cooling_cop")),
    "Coil:Cooling:DX:MultiSpeed": Rating(("speed_{}_gross_rated_cooling_cop",), "number_of_speeds"),
    "Coil:Cooling:DX:VariableSpeed": Rating((_UNIT % "cooling",), "number_of_speeds"),
    "Coil:Cooling:DX:CurveFit:Speed": Rating(("gross_cooling_cop",)),
    "CoilPerformance:DX:Cooling": _COP,
    "Coil:Cooling:WaterToAirHeatPump:EquationFit": _COP,
    "Coil:Cooling:WaterToAirHeatPump:VariableSpeedEquationFit": Rating((_UNIT % "cooling",), "number_of_speeds"),
    "AirConditioner:VariableRefrigerantFlow": _COP,
    "Chiller:Electric": _NOMINAL,
    "Chiller:Electric:EIR": _REFERENCE,
    "Chiller:Electric:ReformulatedEIR": _REFERENCE,
    "Chiller:ConstantCOP": _NOMINAL,
    "Chiller:EngineDriven": _NOMINAL,
    "Chiller:CombustionTurbine": _NOMINAL,
    "ChillerHeaterPerformance:Electric:EIR": Rating(("reference_cooling_mode_cop",)),
    "HeatPump:PlantLoop:EIR:Cooling": _PLANT_COP,
    "HeatPump:AirToWater:FuelFired:Cooling": _NOMINAL,
}
HEATING_RATINGS = {
    "Coil:Heating:Fuel": Rating(("burner_efficiency",), most=1),
    "Coil:Heating:Gas:MultiStage": Rating(("stage_{}_gas_burner_efficiency",), "number_of_stages", most=1),
    "Boiler:HotWater": Rating(("nominal_thermal_efficiency",), most=1),
    "Boiler:Steam": Rating(("theoretical_efficiency",), most=1),
    "Coil:Heating:DX:SingleSpeed": _HEATING_COP,
    "Coil:Heating:DX:MultiSpeed": Rating(("speed_{}_gross_rated_heating_cop",), "number_of_speeds"),
    "Coil:Heating:DX:VariableSpeed": Rating((_UNIT % "heating",), "number_of_speeds"),
    "Coil:Heating:WaterToAirHeatPump:EquationFit": _HEATING_COP,
    "Coil:Heating:WaterToAirHeatPump:VariableSpeedEquationFit": Rating((_UNIT % "heating",), "number_of_speeds"),
    "AirConditioner:VariableRefrigerantFlow": _HEATING_COP,
    "HeatPump:PlantLoop:EIR:Heating": _PLANT_COP,
    "HeatPump:AirToWater:FuelFired:Heating": _NOMINAL,
    "ZoneHVAC:HighTemperatureRadiant": Rating(("combustion_efficiency",), most=1, burns="NATURALGAS"),
    "Coil:Heating:Electric": _HEATER,
    "Coil:Heating:Electric:MultiStage": Rating(
        ("stage_{}_efficiency",), "number_of_stages", most=1, is_resistance=True
    ),
    "ZoneHVAC:Baseboard:Convective:Electric": _HEATER,
    "ZoneHVAC:Baseboard:RadiantConvective:Electric": _HEATER,
}

_IDEAL = "has no efficiency: it delivers what the zone needs"
_DISTRICT = "has no efficiency: the energy is bought"
_OTHER = "is not changed by this measure"
_IDEAL_LOADS = dict.fromkeys(("ZoneHVAC:IdealLoadsAirSystem", "HVACTemplate:Zone:IdealLoadsAirSystem"), _IDEAL)
#: What also cools or heats, and why it is left.
OTHER_COOLING = _IDEAL_LOADS | {
    "DistrictCooling": _DISTRICT,
    **dict.fromkeys(
        (
            "Coil:Cooling:DX:SingleSpeed:ThermalStorage",
            "Coil:Cooling:WaterToAirHeatPump:ParameterEstimation",
            "AirConditioner:VariableRefrigerantFlow:FluidTemperatureControl",
            "AirConditioner:VariableRefrigerantFlow:FluidTemperatureControl:HR",
            "Chiller:Electric:ASHRAE205",
            "Chiller:Absorption",
            "Chiller:Absorption:Indirect",
            "ChillerHeater:Absorption:DirectFired",
            "ChillerHeater:Absorption:DoubleEffect",
            "Coil:DX:ASHRAE205:Performance",
            "HeatPump:WaterToWater:EquationFit:Cooling",
            "HeatPump:WaterToWater:ParameterEstimation:Cooling",
            "HeatPump:AirToWater",
            "EvaporativeCooler:Direct:CelDekPad",
            "EvaporativeCooler:Direct:ResearchSpecial",
            "EvaporativeCooler:Indirect:CelDekPad",
            "EvaporativeCooler:Indirect:WetCoil",
            "EvaporativeCooler:Indirect:ResearchSpecial",
        ),
        _OTHER,
    ),
}
OTHER_HEATING = _IDEAL_LOADS | {
    **dict.fromkeys(("DistrictHeating:Water", "DistrictHeating:Steam"), _DISTRICT),
    "ZoneHVAC:LowTemperatureRadiant:Electric": _RESISTANCE,
    **dict.fromkeys(
        (
            "Coil:Heating:WaterToAirHeatPump:ParameterEstimation",
            "AirConditioner:VariableRefrigerantFlow:FluidTemperatureControl",
            "AirConditioner:VariableRefrigerantFlow:FluidTemperatureControl:HR",
            "HeatPump:WaterToWater:EquationFit:Heating",
            "HeatPump:WaterToWater:ParameterEstimation:Heating",
            "HeatPump:AirToWater",
            "ChillerHeater:Absorption:DirectFired",
            "ChillerHeater:Absorption:DoubleEffect",
            "ChillerHeaterPerformance:Electric:EIR",
        ),
        _OTHER,
    ),
}


def _cooling(document: Document, factor: float, _: Options) -> Applied:
    return _scaled(document, factor, COOLING_RATINGS, OTHER_COOLING, "cooling")


def _heating(document: Document, factor: float, _: Options) -> Applied:
    return _scaled(document, factor, HEATING_RATINGS, OTHER_HEATING, "heating")


def _scaled(
    document: Document, factor: float, ratings: Mapping[str, Rating], others: Mapping[str, str], end: str
) -> Applied:
    refuse_templates(document)
    left = tuple(f"{shown_name(item)} {others[item.class_name]}" for item in objects_of(document, others))
    done = [
        scaled
        for class_name, rating in ratings.items()
        for item in document.objects(class_name)
        for scaled in rating.scaled(document, item, factor)
    ]
    if not done:
        refuse(f"the model has no {end} equipment with a rated efficiency{''.join(f'; {line}' for line in left[:3])}")
    return gather(done, left)


COOLING = Measure(
    name="cooling_efficiency",
    text="Rated COP of what cools, multiplied at every speed: DX and heat pump coils, variable refrigerant flow, "
    "compression chillers; refused for district cooling and ideal loads alone.",
    unit=FACTOR,
    low=0.5,
    high=2,
    apply=_cooling,
)
HEATING = Measure(
    name="heating_efficiency",
    text="Rated COP or efficiency of what heats, multiplied at every speed: heat pumps, boilers, fuel coils, and "
    "electric resistance below 1; refused where an efficiency would be above 1, and for district heating, electric "
    "resistance of 1 and ideal loads alone.",
    unit=FACTOR,
    low=0.5,
    high=2,
    apply=_heating,
)
