"""Floor areas and volumes of zones, as EnergyPlus computed them from the model's surfaces."""

import sqlite3
from typing import Any

from shared.energyplus.results.database import finite, rows, shown

#: A hostile or huge model must not make the result document grow without end.
MAX_ROWS = 2000


def read_zones(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Each zone with its floor area in m2, its volume in m3 and how many times it is in the building."""
    found = rows(
        connection,
        "SELECT ZoneName, FloorArea, Volume, Multiplier, ListMultiplier FROM Zones ORDER BY ZoneIndex LIMIT ?",
        (MAX_ROWS,),
    )
    return [
        {
            "zone": shown(name),
            "floor_area_m2": finite(area),
            "volume_m3": finite(volume),
            "multiplier": finite(zone) * finite(group),
        }
        for name, area, volume, zone, group in found
    ]
