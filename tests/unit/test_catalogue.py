"""The catalogue of metrics: names end with their unit, are unique, and every entry has a reader."""

import re

from shared.energyplus.catalogue import CATALOGUE, HEADLINES, REPORTS
from shared.energyplus.fuels import END_USES, FUELS
from shared.energyplus.metric import EndUse, MeterSum, Shape, TableCell

#: The end of the name for each unit.
ENDINGS = {"kWh": "_kwh", "kWh/m2": "_kwh_per_m2", "m2": "_m2", "m3": "_m3", "W": "_w", "h": "_hours", "K": "_k"}
ENDINGS |= {"min": "_minutes", "s": "_seconds", "kg CO2e": "_kgco2e", "SEK": "_sek"}


def test_no_name_is_there_twice_and_every_number_says_its_unit() -> None:
    names = [metric.name for metric in CATALOGUE]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    numbers = [metric for metric in CATALOGUE if metric.shape is Shape.NUMBER]
    assert [metric.name for metric in numbers if not metric.name.endswith(ENDINGS[metric.unit])] == []


def test_every_metric_has_a_text_and_what_is_shown_in_tables_a_label() -> None:
    assert [metric.name for metric in CATALOGUE if not metric.text] == []
    assert [metric.name for metric in HEADLINES if not metric.label] == ["period"]


def test_sources_are_meters_end_uses_and_reports_that_are_asked_for() -> None:
    meters = {name for metric in CATALOGUE if isinstance(metric.source, MeterSum) for name in metric.source.meters}
    cells = [metric.source for metric in CATALOGUE if isinstance(metric.source, TableCell)]
    end_uses = {metric.source.name for metric in CATALOGUE if isinstance(metric.source, EndUse)}

    assert {f"{fuel}:Facility" for fuel in FUELS} <= meters
    assert {cell.report for cell in cells} <= set(REPORTS)
    assert end_uses <= set(END_USES.values())
