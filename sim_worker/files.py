"""Moving files between storage and an attempt's scratch directory."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from shared.state.claim import Claimed
from shared.state.finish import OutputFile
from shared.storage import Storage
from sim_worker.energyplus.prepare import Prepared

#: What a run leaves behind, by EnergyPlus's name in the scratch directory and by the name users see.
KEPT = (
    ("eplustbl.htm", "eplustbl.htm"),
    ("eplusout.err", "eplusout.err"),
    ("in.idf", "prepared.idf"),
    ("changes.json", "changes.json"),
)
SERIES = ("eplusout.sql", "eplusout.sql")


def fetch_inputs(storage: Storage, claimed: Claimed, inputs: Path, work: Path) -> tuple[Path, Path]:
    """Bring model and weather into `inputs` and side files beside the model-to-be in `work`; (model, weather).

    Names are ours except for side files, which the model refers to by the names they were uploaded under.
    """
    model = inputs / f"model{Path(claimed.model.name).suffix.lower()}"
    weather = inputs / "weather.epw"
    storage.fetch(claimed.model.key, model, sha256=claimed.model.sha256)
    storage.fetch(claimed.weather.key, weather, sha256=claimed.weather.sha256)
    for file in claimed.files:
        storage.fetch(file.key, work / file.name, sha256=file.sha256)
    return model, weather


def write_changes(prepared: Prepared, work: Path) -> None:
    """Put what preparation changed in the model beside it, as a list that a program can read."""
    changes = [asdict(change) for change in prepared.changes]
    (work / "changes.json").write_text(json.dumps(changes, indent=1), encoding="utf-8")


def store_outputs(storage: Storage, claimed: Claimed, work: Path, *, series: bool) -> Sequence[OutputFile]:
    """Store what there is of the kept files, under this run and attempt."""
    stored = []
    for name, shown in (*KEPT, SERIES) if series else KEPT:
        # A model could have put a link there; what it points to is none of the run's.
        if (path := work / name).is_file() and not path.is_symlink():
            item = storage.put_output(path, claimed.run_id, claimed.attempt, shown)
            stored.append(OutputFile(shown, item.key, item.sha256, item.size))
    return stored
