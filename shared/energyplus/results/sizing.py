"""Design loads and air flows of zones and air systems."""

import sqlite3
from typing import Any

from shared.energyplus.results.database import finite, rows, shown

#: A hostile or huge model must not make the result document grow without end.
MAX_ROWS = 2000


def read_sizing(connection: sqlite3.Connection) -> dict[str, Any]:
    """User design values: loads in W, air flows in m3/s, by zone and by air system."""
    zones = rows(
        connection,
        "SELECT ZoneName, LoadType, UserDesLoad, UserDesFlow, DesDayName FROM ZoneSizes"
        " ORDER BY ZoneSizesIndex LIMIT ?",
        (MAX_ROWS,),
    )
    systems = rows(
        connection,
        "SELECT SystemName, LoadType, UserDesCap, UserDesVolFlow, DesDayName FROM SystemSizes"
        " ORDER BY SystemSizesIndex LIMIT ?",
        (MAX_ROWS,),
    )
    return {"zones": [_row("zone", *row) for row in zones], "systems": [_row("system", *row) for row in systems]}


def _row(kind: str, name: object, load: object, watts: object, flow: object, day: object) -> dict[str, Any]:
    return {
        kind: shown(name),
        "load": shown(load).lower(),
        "design_load_w": finite(watts),
        "design_air_flow_m3_per_s": finite(flow),
        "design_day": shown(day),
    }
