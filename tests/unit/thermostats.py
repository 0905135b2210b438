"""A thermostat with its schedules, for unit tests."""

DUAL = (
    "ThermostatSetpoint:DualSetpoint, Dual, Heat, Cool;\n"
    "ZoneControl:Thermostat, Zone, Z, Kind, ThermostatSetpoint:DualSetpoint, DUAL, ThermostatSetpoint:SingleCooling, "
    "One;\n"
)
HEAT = (
    "Schedule:Compact, Heat, Temperature, Through: 12/31, For: Weekdays WinterDesignDay, Until: 7:00, 15, Until: 24:00,"
    " 21, For: AllOtherDays, Until: 24:00, 15;\n"
)
COOL = "Schedule:Constant, Cool, Temperature, 24;\n"
YEAR = """\
Schedule:Year, Cool, Temperature, Summer, 1, 1, 6, 30, Winter, 7, 1, 12, 31;
Schedule:Week:Compact, Summer, AllDays, Listed;
Schedule:Week:Daily, Winter, Hours, Hours, Hours, Hours, Hours, Hours, Hours, Hours, Steps, Steps, Hours, Hours;
Schedule:Day:List, Listed, Temperature, No, 720, 24, 25;
Schedule:Day:Interval, Steps, Temperature, No, 12:00, 26, 24:00, 24;
Schedule:Day:Hourly, Hours, Temperature, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,
  24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24;
"""
