"""Metrics and files of a run that has succeeded, as a worker stores them."""

from typing import Any

METRICS: dict[str, Any] = {
    "building": "Town Hall",
    "total_area_m2": 200.0,
    "site_energy_kwh": 22_640.1,
    "heating_kwh": 5_000.0,
    "cooling_kwh": 1_111.0,
    "interior_lighting_kwh": 3_333.3,
    "interior_equipment_kwh": None,
    "engine_seconds": 12.345,
    "warnings": 3,
    "sizing": {"zones": [], "systems": []},
    "zones": [{"zone": "CORE", "floor_area_m2": 149.657, "volume_m3": 456.46, "multiplier": 1.0}],
    "end_uses": {
        "heating": {"natural_gas": 4_000.0, "district_heating_water": 700.04, "district_heating_steam": 300.0},
        "interior_lighting": {"electricity": 3_333.3},
    },
}
#: Sizing periods only: no energy.
DESIGN_DAYS = {**METRICS, **{name: None for name in METRICS if name.endswith("_kwh")}, "end_uses": None}
FILES = {
    "eplustbl.htm": b"<!DOCTYPE html><p>report",
    "eplusout.err": b"** Warning ** It is warm\n",
    "prepared.idf": b"Version,25.2;\n",
    "changes.json": b"[]",
}
