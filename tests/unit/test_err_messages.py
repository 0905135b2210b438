"""What is read from an .err file, however broken."""

from pathlib import Path

import pytest

from shared.energyplus.catalogue import HEATING_UNMET
from shared.energyplus.results.messages import Message, Messages, read_messages

ERR = """\
Program Version,EnergyPlus, Version 25.2.0-cf7368216c, YMD=2026.11.24 02:10,
   ************* Beginning Zone Sizing Calculations
   ** Warning ** Zone "A" has no light.
   **   ~~~   ** Is it a cellar?
   ** Warning ** Zone "B" has no light.
   ** Severe  ** Node "N" is not connected.
   ** Warning ** Zone "B" has no light.
   **  Fatal  ** Errors occurred on processing input file.
   ...Summary of Errors that led to program termination:
   ************* ===== Recurring Error Summary =====
   *************
   *************  ** Warning ** Coil="C" - Low temperature error continues...
   *************  **   ~~~   **   This error occurred 338 total times;
   *************  **   ~~~   **   Max=-0.15 [C]  Min=-16.4 [C]
   ************* EnergyPlus Warmup Error Summary. During Warmup: 0 Warning; 0 Severe Errors.
   ************* EnergyPlus Terminated--Fatal Error Detected. 341 Warning; 1 Severe Errors; Elapsed Time=00hr 00min  3s
"""
NOTHING = Messages((), 0, 0)
CARBON = """\
   ** Warning ** GetPollutionFactorInput: Requested reporting for Carbon Equivalent Pollution, but insufficient
   ************* EnergyPlus Completed Successfully-- 1 Warning; 0 Severe Errors; Elapsed Time=00hr 00min  3.01sec
"""


def read(directory: Path, content: bytes) -> Messages:
    err = directory / "eplusout.err"
    err.write_bytes(content)
    return read_messages(err)


def test_severe_and_fatal_messages_come_first_and_each_distinct_one_once_with_its_count(tmp_path: Path) -> None:
    found = read(tmp_path, ERR.encode())

    assert [(m.severity, m.text.splitlines()[0], m.count) for m in found.messages] == [
        ("severe", 'Node "N" is not connected.', 1),
        ("fatal", "Errors occurred on processing input file.", 1),
        ("warning", 'Zone "A" has no light.', 1),
        ("warning", 'Zone "B" has no light.', 2),
        ("warning", 'Coil="C" - Low temperature error continues...', 338),
    ]
    assert found.messages[2].text == 'Zone "A" has no light.\nIs it a cellar?'


def test_the_totals_are_those_of_energyplus(tmp_path: Path) -> None:
    found = read(tmp_path, ERR.encode())

    assert (found.warnings, found.severe_errors) == (341, 1)


def test_without_totals_the_messages_are_counted(tmp_path: Path) -> None:
    cut_off = ERR[: ERR.index("   ...Summary")]

    found = read(tmp_path, cut_off.encode())

    assert (found.warnings, found.severe_errors) == (3, 1)


@pytest.mark.parametrize("content", [b"", b"\0" * 1000, bytes(range(256)) * 50])
def test_a_file_without_messages_gives_none(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == NOTHING


def test_a_missing_file_gives_none(tmp_path: Path) -> None:
    assert read_messages(tmp_path / "eplusout.err") == NOTHING


def test_control_characters_and_foreign_bytes_do_not_reach_the_reader(tmp_path: Path) -> None:
    (message,) = read(tmp_path, b"   ** Severe  ** bad \0 \x1b[31m \xff name\n").messages

    assert message == Message("severe", "bad � �[31m � name", 1)


def test_a_flood_of_messages_is_cut_but_its_severe_ones_and_totals_are_kept(tmp_path: Path) -> None:
    flood = "".join(f"   ** Warning ** Number {n} {'x' * 60}\n" for n in range(80_000))
    end = "   ** Severe  ** The last one.\n   ************* 80000 Warning; 1 Severe Errors; Elapsed\n"

    found = read(tmp_path, (flood + end).encode())

    assert found.messages[0] == Message("severe", "The last one.", 1)
    assert len(found.messages) == 200
    assert (found.warnings, found.severe_errors) == (80_000, 1)


def test_the_warning_that_preparation_causes_is_neither_shown_nor_counted(tmp_path: Path) -> None:
    assert read(tmp_path, CARBON.encode()) == NOTHING


def test_the_same_warning_is_shown_to_a_model_that_asks_for_carbon(tmp_path: Path) -> None:
    (tmp_path / "in.idf").write_text("Output:Meter, Carbon Equivalent:Facility, Monthly;")

    found = read(tmp_path, CARBON.encode())

    assert (len(found.messages), found.warnings) == (1, 1)


def not_generated(*variables: str) -> bytes:
    lines = [
        "   ** Warning ** The following Report Variables were requested but not generated -- check.rdd file",
        "   **   ~~~   ** Either the IDF did not contain these elements, the variable name is misspelled,",
        *(f"   ************* Key=*, VarName={variable}, Frequency=Hourly" for variable in variables),
        "   ************* EnergyPlus Completed Successfully-- 0 Warning; 0 Severe Errors; Elapsed Time=00hr 00min  0s",
    ]
    return "\n".join(lines).encode()


def test_variables_that_were_not_found_are_named_and_count_as_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path, not_generated("ZONE MEAN AIR TEMPRATURE", HEATING_UNMET.upper()))

    (message,) = found.messages
    assert found.warnings == 1
    assert message.text.endswith("Key=*, VarName=ZONE MEAN AIR TEMPRATURE, Frequency=Hourly")


def test_variables_that_only_preparation_asks_for_are_neither_shown_nor_counted(tmp_path: Path) -> None:
    assert read(tmp_path, not_generated(HEATING_UNMET.upper())) == NOTHING
