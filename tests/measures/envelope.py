"""The cases of the envelope's measures; each sets a value, so what undoes it is the building's own value."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from shared.energyplus.building.envelope import Envelope
from shared.energyplus.building.surfaces import Element, Outside
from shared.energyplus.formats.document import Document
from shared.energyplus.measures.attics import find_attics
from shared.energyplus.measures.constructions import Constructions
from shared.energyplus.measures.facades import read_facades
from shared.energyplus.measures.window_to_wall import window_to_wall_ratio
from tests.measures.case import Case, Sign
from tests.measures.nominal import Nominal, Printed, itself
from tests.measures.simulate import Season

#: Buildings with one construction of outdoor walls, or of roofs or floors of an attic, or of windows and glazed doors.
WALLS = (
    "RefBldgSmallOffice",
    "RefBldgMediumOffice",
    "RefBldgStand-aloneRetail",
    "RefBldgMidriseApartment",
    "ASHRAE901_OfficeSmall",
    "ASHRAE901_SchoolPrimary",
)
ROOFS = (
    "RefBldgSmallOffice",
    "RefBldgMediumOffice",
    "RefBldgFullServiceRestaurant",
    "RefBldgStripMall",
    "ASHRAE901_OfficeSmall",
    "ASHRAE901_RetailStandalone",
)
GLASS = (
    "RefBldgSmallOffice",
    "RefBldgMediumOffice",
    "RefBldgStripMall",
    "RefBldgMidriseApartment",
    "RefBldgSuperMarket",
    "ASHRAE901_OfficeMedium",
)
WINDOWS = (
    "RefBldgSmallOffice",
    "RefBldgMediumOffice",
    "RefBldgLargeHotel",
    "ASHRAE901_ApartmentMidRise",
    "ASHRAE901_OfficeSmall",
    "ASHRAE901_SchoolPrimary",
)
#: EnergyPlus computes the printed values of a simple glazing system from a layer that it fits to the two that it is
#: given. With 17 U-values from 0.3 to 7 W/m2K and 5 SHGC from 0.1 to 0.9, they differed by 0.008 at most.
FIT = 0.01
ATTIC = "ATTIC"


def _rows(directory: Path, name: str) -> Mapping[str, Mapping[str, str]]:
    """A table of the envelope summary by row and column."""
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    with closing(sqlite3.connect(directory / "eplusout.sql")) as connection:
        for row, column, value in connection.execute(
            "SELECT RowName, ColumnName, trim(Value) FROM TabularDataWithStrings WHERE TableName = ?", (name,)
        ):
            rows[row].setdefault(column, value)
    return rows


def _walls(directory: Path) -> Printed:
    rows = _rows(directory, "Opaque Exterior")
    return {name: row["U-Factor no Film"] for name, row in rows.items() if row.get("Cardinal Direction")}


def _roofs(directory: Path) -> Printed:
    """Of a building with an attic, both sides of the attic's floors."""
    inside = {
        name: row["U-Factor no Film"]
        for name, row in _rows(directory, "Opaque Interior").items()
        if ATTIC in (row["Zone"], row["Adjacent Surface"].partition("_")[0])
    }
    rows = _rows(directory, "Opaque Exterior")
    return inside or {name: row["U-Factor no Film"] for name, row in rows.items() if float(row["Tilt"]) < 60}


def _glass(column: str) -> Callable[[Path], Printed]:
    def read(directory: Path) -> Printed:
        rows = _rows(directory, "Exterior Fenestration")
        return {name: row[column] for name, row in rows.items() if row.get("Construction")}

    return read


def _ratio(directory: Path) -> Printed:
    row = "Above Ground Window-Wall Ratio"
    return {row: _rows(directory, "Window-Wall Ratio")[row]["Total"]}


def _percent(_: float, value: float) -> float:
    return 100 * value


def _own_u(element: Element) -> Callable[[Document], float]:
    def read(document: Document) -> float:
        surfaces, constructions = Envelope.of(document).surfaces, Constructions(document)
        own = [surface for surface in surfaces if not surface.base and surface.element is element]
        used = {surface.construction for surface in own if surface.outside is Outside.OUTDOORS}
        attics = [attic for attic in find_attics(document, surfaces) if attic.zone == ATTIC]
        if element is Element.ROOF and attics:
            used = {floor.surface.construction for attic in attics for floor in attic.floors}
        (construction,) = used
        return constructions.u_value(construction)

    return read


def _own_glass(field: str) -> Callable[[Document], float]:
    def read(document: Document) -> float:
        (value,) = {float(glass.get(field)) for glass in document.objects("WindowMaterial:SimpleGlazingSystem")}
        return value

    return read


def _own_ratio(document: Document) -> float:
    return window_to_wall_ratio(read_facades(document, Envelope.of(document)))


ENVELOPE = (
    Case(
        measure="wall_insulation",
        value=0.25,
        inverse=_own_u(Element.WALL),
        nominal=Nominal("U-value of walls without films, W/m2K", _walls, itself),
        end_use="Heating:",
        sign=Sign.LESS,
        season=Season.WINTER,
        models=WALLS,
    ),
    Case(
        measure="roof_insulation",
        value=0.1,
        inverse=_own_u(Element.ROOF),
        nominal=Nominal("U-value of roofs or attic floors without films, W/m2K", _roofs, itself),
        end_use="Heating:",
        sign=Sign.LESS,
        season=Season.WINTER,
        models=ROOFS,
    ),
    Case(
        measure="glazing_u",
        value=1.2,
        inverse=_own_glass("u_factor"),
        nominal=Nominal("U-value of the glass, W/m2K", _glass("Glass U-Factor"), itself, FIT),
        end_use="Heating:",
        sign=Sign.LESS,
        season=Season.WINTER,
        models=GLASS,
        options={"doors": True},
    ),
    Case(
        measure="glazing_shgc",
        value=0.2,
        inverse=_own_glass("solar_heat_gain_coefficient"),
        nominal=Nominal("SHGC of the glass", _glass("Glass SHGC"), itself, FIT),
        end_use="Cooling:",
        sign=Sign.LESS,
        season=Season.SUMMER,
        models=GLASS,
        options={"doors": True},
    ),
    Case(
        measure="window_to_wall_ratio",
        value=0.15,
        inverse=_own_ratio,
        nominal=Nominal("windows and glazed doors of walls, %", _ratio, _percent),
        end_use="Cooling:",
        sign=Sign.LESS,
        season=Season.SUMMER,
        models=WINDOWS,
    ),
    Case(
        measure="window_to_wall_ratio",
        value=0.3,
        inverse=_own_ratio,
        nominal=Nominal("windows and glazed doors of walls, %", _ratio, _percent),
        end_use="Cooling:",
        sign=Sign.MORE,
        season=Season.SUMMER,
        models=("ASHRAE901_OfficeSmall",),
    ),
)
