"""Text for ExpandObjects, which drops what is behind 500 bytes of a line."""

from pathlib import Path

import pytest

from shared.energyplus.formats.idf import idf_objects
from shared.energyplus.formats.short_lines import MAX_LINE_BYTES, with_short_lines
from shared.energyplus.preparation.prepare import Preparation, PreparationError, prepare
from tests.conversion import converted
from tests.e2e import by_hand
from tests.models import ENGINE_VERSION, SMALL_OFFICE

LONG = "Schedule:Compact,Long,Fraction," + ",".join(
    f"Through: {month}/{day},For: AllDays,Until: 24:00,0.{month:02}{day:02}"
    for month in range(1, 13)
    for day in (7, 14, 21, 28)
)
TEMPLATES = "HVACTemplate:Thermostat,T,,20,,26;\n"


def test_objects_with_long_lines_have_a_line_for_each_field() -> None:
    text = f"Zone,A; {LONG}; Zone,B; ! {'c' * 600}\nZone,C;\n{LONG},Through: 12/31;Zone,\u00e4{'x' * 470};\nZone,E;"

    short = with_short_lines(text)

    assert max(len(line.partition("!")[0].encode()) for line in short.split("\n")) <= MAX_LINE_BYTES
    assert "\nZone,C;\n" in short
    found = [[item.class_name, *(f.text for f in item.fields)] for item in idf_objects(short)]
    assert found == [[item.class_name, *(f.text for f in item.fields)] for item in idf_objects(text)]


def test_text_with_short_lines_stays_as_it_is() -> None:
    text = SMALL_OFFICE.read_text()

    assert with_short_lines(text) == text


def test_a_field_longer_than_a_line_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "model.idf"
    model.write_text(f"Version,25.2;\n{TEMPLATES}EnergyManagementSystem:Program,P,SET x = {'1+' * 300}1;\n")

    with pytest.raises(PreparationError, match=r"line 3: .*:Program 'P' has a field of 609 bytes"):
        prepare(model, tmp_path, Preparation(), version=ENGINE_VERSION)


def test_expandobjects_keeps_an_object_on_one_long_line(tmp_path: Path) -> None:
    model = tmp_path / "model.idf"
    model.write_text(f"{SMALL_OFFICE.read_text()}\n{TEMPLATES}{LONG},Through: 12/31,For: AllDays,Until: 24:00,1;\n")
    work = tmp_path / "work"
    work.mkdir()

    prepared = prepare(model, work, Preparation(), version=ENGINE_VERSION)
    expanded = by_hand.expand(prepared.path, tmp_path / "expand")

    before, after = converted(model, tmp_path / "before"), converted(expanded, tmp_path / "after")
    assert after["Schedule:Compact"]["Long"] == before["Schedule:Compact"]["Long"]
