"""Set-points: where heating and cooling cross, before and after a shift."""

import pytest

from shared.energyplus.measures.profiles import crossings, profile
from shared.energyplus.measures.scaling import objects_of
from shared.energyplus.measures.schedules import COMPACT, CONSTANT, Schedules
from tests.unit.measuring import applied, document, refused
from tests.unit.thermostats import COOL, DUAL, HEAT, YEAR


@pytest.mark.parametrize(
    ("cooling", "kelvin", "where"),
    [
        (COOL, 4, "25 C is above 24 C until 24:00 on Monday (period to 12/31)"),
        (YEAR, 2.5, "23.5 C is above 23 C until 8:00 on Monday (period to 12/31)"),
        (YEAR, 3.5, "24.5 C is above 24 C until 12:00 on Monday (period to 6/30)"),
    ],
)
def test_a_crossing_at_any_hour_is_refused(cooling: str, kelvin: float, where: str) -> None:
    reason = refused(DUAL + HEAT + cooling, "heating_setpoint", kelvin)

    assert reason == f"ThermostatSetpoint:DualSetpoint 'Dual': heating and cooling would cross: {where}"


def test_a_crossing_that_the_model_has_is_named_and_does_not_refuse() -> None:
    cool = "Schedule:Compact, Cool, T, Through: 12/31, For: CustomDay1 CustomDay2, Until: 24:00, 10, "
    cool += "For: AllOtherDays, Until: 24:00, 24;"

    assert applied(DUAL + HEAT + cool, "cooling_setpoint", -1).left == (
        "ThermostatSetpoint:DualSetpoint 'Dual': heating and cooling cross as without the measure: 15 C is above 9 C "
        "until 24:00 on CustomDay1 (period to 12/31) and 1 more",
    )
    assert "21 C is above 20 C until 24:00 on Monday" in refused(DUAL + HEAT + cool, "cooling_setpoint", -4)


def test_set_points_that_meet_do_not_cross() -> None:
    assert applied(DUAL + HEAT + COOL, "heating_setpoint", 3).changed
    assert applied(DUAL + HEAT + COOL, "cooling_setpoint", -3).changed


@pytest.mark.parametrize("date", ["7/31", "31 July", "July 31"])
def test_kinds_of_day_and_dates_are_those_of_energyplus(date: str) -> None:
    cool = (
        f"Schedule:Compact, Cool, Temperature, Through: {date}, For Weekends Holidays, Until: 24:00, 30, "
        "For: AllOtherDays, Until: 24:00, 30, Through: 12/31, For: Weekend CustomDay1, Until 24:00, 20, "
        "For: AllOtherDays, Until: 24:00, 30;"
    )
    heat = "Schedule:Constant, Heat, Temperature, 21;"

    schedules = Schedules(document(heat + cool))
    periods = [profile(schedules, item) for item in objects_of(schedules.document, (CONSTANT, COMPACT))]

    assert crossings(*periods) == {
        f"until 24:00 on {kind} (period to 12/31)": "21 C is above 20 C"
        for kind in ("Saturday", "Sunday", "CustomDay1")
    }
