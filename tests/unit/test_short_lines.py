"""Text for ExpandObjects, which drops what is behind 500 bytes of a line."""

from pathlib import Path

import pytest

from shared.energyplus.formats.idf import idf_objects
from shared.energyplus.formats.short_lines import MAX_LINE_BYTES, with_short_lines
from shared.energyplus.preparation.prepare import Preparation, PreparationError, prepare
from tests.models import ENGINE_VERSION, LONG_SCHEDULE, SMALL_OFFICE

TEMPLATES = "HVACTemplate:Thermostat,T,,20,,26;\n"


def test_objects_with_long_lines_have_a_line_for_each_field() -> None:
    long = LONG_SCHEDULE
    text = f"Zone,A; {long}; Zone,B; ! {'c' * 600}\nZone,C;\n{long},Through: 12/31;Zone,\u00e4{'x' * 470};\nZone,E;"

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
