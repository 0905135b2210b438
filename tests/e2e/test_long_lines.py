"""ExpandObjects drops what is behind 500 bytes of a line; preparation gives it shorter lines."""

from pathlib import Path

from shared.energyplus.preparation.prepare import Preparation, prepare
from tests.conversion import converted
from tests.e2e import by_hand
from tests.models import ENGINE_VERSION, LONG_SCHEDULE, SMALL_OFFICE

TEMPLATES = "HVACTemplate:Thermostat,T,,20,,26;\n"


def test_expandobjects_keeps_an_object_on_one_long_line(tmp_path: Path) -> None:
    model = tmp_path / "model.idf"
    model.write_text(
        f"{SMALL_OFFICE.read_text()}\n{TEMPLATES}{LONG_SCHEDULE},Through: 12/31,For: AllDays,Until: 24:00,1;\n"
    )
    work = tmp_path / "work"
    work.mkdir()

    prepared = prepare(model, work, Preparation(), version=ENGINE_VERSION)
    expanded = by_hand.expand(prepared.path, tmp_path / "expand")

    before, after = converted(model, tmp_path / "before"), converted(expanded, tmp_path / "after")
    assert after["Schedule:Compact"]["Long"] == before["Schedule:Compact"]["Long"]
