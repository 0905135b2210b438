"""The real EnergyPlus refuses what the check of fields refuses, and takes what it takes."""

import subprocess
from pathlib import Path

import pytest

from tests.hostile.engine import CHICAGO, ENGINE
from tests.schema_cases import ACCEPTED, BUILDING, LIGHTS, REFUSED

#: How EnergyPlus's reading of its input begins a refusal.
REFUSALS = ("** Severe  ** <root>", "** Severe  ** Duplicate name found", "** Severe  ** You must")
#: EnergyPlus reads these as numbers, and calculates with them.
READ_AS_NUMBERS = (",nan,", ",1e400,")


def errors(directory: Path, old: str, new: str) -> list[str]:
    model = directory / "in.idf"
    needed = "GlobalGeometryRules,UpperLeftCorner,Counterclockwise,World;"
    model.write_text(f"Version,25.2;\n{needed}\n{BUILDING}\n{LIGHTS}\n".replace(old, new))
    command = [str(part) for part in (ENGINE.executable, "-w", CHICAGO, "-d", directory, model)]
    subprocess.run(command, capture_output=True, check=False, timeout=60)
    return (directory / "eplusout.err").read_text(errors="replace").splitlines()


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, new, _ in REFUSED if new not in READ_AS_NUMBERS])
def test_what_is_refused_at_the_door_ends_energyplus(tmp_path: Path, old: str, new: str) -> None:
    said = errors(tmp_path, old, new)

    assert any(line.strip().startswith(REFUSALS) for line in said), said


@pytest.mark.parametrize(("old", "new"), ACCEPTED)
def test_what_is_taken_at_the_door_is_valid_to_energyplus(tmp_path: Path, old: str, new: str) -> None:
    said = errors(tmp_path, old, new)

    assert not [line for line in said if line.strip().startswith(REFUSALS)]
