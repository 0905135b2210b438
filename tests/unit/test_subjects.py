"""The object that a message of EnergyPlus is about, and its line in the submitted model."""

from pathlib import Path

import pytest

from shared.energyplus.results.messages import read_messages
from shared.energyplus.results.subjects import MessageObject, located, subject_of

MODEL = """Version, 25.2;
! A comment, and two lines; of it
Zone,
  Core;
Zone, North;
Lights, Lamp, No such zone;
Lights, Lamp, Twice;
"""


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("<root>[Zone][CORE] - Missing required property", MessageObject("Zone", "CORE")),
        ("<root>[Version] - Value type", MessageObject("Version", "")),
        ('GetX: Object=ZONE, Name="NORTH", not found', MessageObject("ZONE", "NORTH")),
        ("GetX: object=Zone, name=North", MessageObject("Zone", "North")),
        ('Coil:Heating:Fuel="MAIN COIL": blank', MessageObject("Coil:Heating:Fuel", "MAIN COIL")),
        (
            'CalcDoe2DXCoil: Coil:Cooling:DX:SingleSpeed "PSZ-AC:3 DXCOIL" - too cold',
            MessageObject("Coil:Cooling:DX:SingleSpeed", "PSZ-AC:3 DXCOIL"),
        ),
        (
            "ZoneHVAC:UnitHeater = SOUTH HEATER Fan Schedule Name = FAN, item not found.",
            MessageObject("ZoneHVAC:UnitHeater", "SOUTH HEATER"),
        ),
        ('Name="X"', None),
        ("previous errors cause termination. Check inputs", None),
    ],
)
def test_the_object_is_told_where_the_text_says_so(text: str, subject: MessageObject | None) -> None:
    assert subject_of(text) == subject


def test_objects_have_their_lines_in_the_submitted_model(tmp_path: Path) -> None:
    model = tmp_path / "model.idf"
    model.write_text(MODEL)
    names = [("ZONE", "CORE"), ("zone", "North"), ("Version", ""), ("Lights", "Lamp"), ("Zone", ""), ("Fan", "CORE")]

    found = located([*(MessageObject(*one) for one in names), None], model)

    # Two lights have one name, and two zones are in question.
    assert [subject and subject.line for subject in found] == [3, 5, 1, None, None, None, None]


def test_a_model_that_has_no_lines_or_cannot_be_read_keeps_the_object(tmp_path: Path) -> None:
    epjson, broken = tmp_path / "model.epJSON", tmp_path / "model.idf"
    epjson.write_text("{}")
    broken.write_bytes(b"\x00")
    for model in (epjson, broken):
        assert located([MessageObject("Zone", "CORE")], model) == [MessageObject("Zone", "CORE")]


def test_messages_are_read_with_their_objects(tmp_path: Path) -> None:
    err, model = tmp_path / "eplusout.err", tmp_path / "model.idf"
    err.write_text('   ** Severe  ** Zone="CORE" is on fire\n   ** Warning ** It is warm\n')
    model.write_text(MODEL)

    severe, warning = read_messages(err, model).messages

    assert (severe.about, warning.about) == (MessageObject("Zone", "CORE", 3), None)
