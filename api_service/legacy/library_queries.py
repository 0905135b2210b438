"""Query of an old installation's database: a scenario with its constructions, their layers and materials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.db.foreign import read_rows
from shared.energyplus.assemblies.library import LibraryLayer

#: A request waits for the old database this long at most.
DEADLINE_SECONDS = 5.0
#: Layers of all constructions of one scenario; old installations have some dozens.
MAX_ROWS = 5000
#: Whole rows as JSON: installations differ in columns that are not needed here, and a missing one is like null.
STATEMENT = f"""
    SELECT s.name AS scenario, s.total_simulations, sc.id::text AS choice, sc.element_type AS element,
           to_jsonb(c) AS construction, l.id AS layer, l.is_glazing_layer, to_jsonb(m) AS material,
           to_jsonb(w) AS glazing
    FROM scenarios s
    LEFT JOIN scenario_constructions sc ON sc.scenario_id = s.id
    LEFT JOIN constructions c ON c.id = sc.construction_id
    LEFT JOIN layers l ON l.construction_id = c.id
    LEFT JOIN materials m ON m.id = l.material_id
    LEFT JOIN window_glazing w ON w.id = l.window_id
    WHERE s.id = %(scenario)s
    ORDER BY to_jsonb(sc) ->> 'created_at', sc.id, l.layer_order, l.id
    LIMIT {MAX_ROWS + 1}
"""  # noqa: S608  (a constant)


class TooManyLayers(Exception):
    """A scenario has more layers than are read."""


@dataclass(frozen=True, slots=True)
class LibraryChoice:
    """One construction that a scenario offers for an element; `construction` is its row, None when it is missing."""

    element: str
    construction: Mapping[str, Any] | None
    layers: Sequence[LibraryLayer]


@dataclass(frozen=True, slots=True)
class LibraryScenario:
    """A scenario as the old page made it; `total` is the number of sets that it wants."""

    name: str
    total: int | None
    choices: Sequence[LibraryChoice]


def read_scenario(url: str, scenario_id: UUID) -> LibraryScenario | None:
    """Returns a scenario; None when there is none. One statement, so one state of the library.

    Raises ForeignDatabaseAway, ForeignDatabaseUnfit, TooManyLayers.
    """
    rows = read_rows(
        url, STATEMENT, {"scenario": str(scenario_id)}, name="epsm-legacy-scenario", seconds=DEADLINE_SECONDS
    )
    if not rows:
        return None
    if len(rows) > MAX_ROWS:
        raise TooManyLayers(f"has more than {MAX_ROWS} layers")
    choices: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["choice"] is not None:
            choices.setdefault(row["choice"], []).append(row)
    return LibraryScenario(
        name=str(rows[0]["scenario"]), total=rows[0]["total_simulations"], choices=list(map(_choice, choices.values()))
    )


def _choice(rows: Sequence[Mapping[str, Any]]) -> LibraryChoice:
    layers = [_layer(row) for row in rows if row["layer"] is not None]
    return LibraryChoice(str(rows[0]["element"]), rows[0]["construction"], layers)


def _layer(row: Mapping[str, Any]) -> LibraryLayer:
    # A pane is a row of window_glazing, or a material with optical columns that is marked as one.
    if row["glazing"] is not None:
        return LibraryLayer(row["glazing"], is_pane=True)
    return LibraryLayer(row["material"] or {}, is_pane=bool(row["is_glazing_layer"]))
