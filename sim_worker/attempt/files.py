"""Transfer of files between storage and an attempt's scratch directory."""

from collections.abc import Sequence
from pathlib import Path

from shared.energyplus.preparation.prepare import Prepared
from shared.energyplus.untrusted_file import is_plain
from shared.state.claim import Claimed
from shared.state.finish import OutputFile
from shared.storage import Storage
from sim_worker.engine.execute import CHANGES

#: Output files that are stored for every run: the report, the messages, and the changes made by preparation.
KEPT = ("eplustbl.htm", "eplusout.err", CHANGES)
#: Stored only when the user requested series, because it is large.
SERIES = "eplusout.sql"


def fetch_inputs(storage: Storage, claimed: Claimed, inputs: Path, work: Path) -> tuple[Path, Path]:
    """Fetch model and weather into `inputs`, and side files into `work`; returns the paths (model, weather).

    `work` is the directory of the prepared model. Model and weather have fixed names; side files keep the names they
    were uploaded under, because the model refers to them. Raises StorageError.
    """
    model = inputs / f"model{Path(claimed.model.name).suffix.lower()}"
    weather = inputs / "weather.epw"
    storage.fetch(claimed.model.key, model, sha256=claimed.model.sha256)
    storage.fetch(claimed.weather.key, weather, sha256=claimed.weather.sha256)
    for file in claimed.files:
        storage.fetch(file.key, work / file.name, sha256=file.sha256)
    return model, weather


def store_outputs(storage: Storage, claimed: Claimed, prepared: Prepared) -> Sequence[OutputFile]:
    """Store the prepared model and the output files that exist, under this run and attempt. Raises StorageError."""
    work = prepared.path.parent
    kept = {name: work / name for name in KEPT}
    kept[f"prepared{prepared.path.suffix}"] = prepared.path
    if prepared.keeps_series:
        kept[SERIES] = work / SERIES
    stored = []
    for name, path in kept.items():
        # A hostile model could have created a symbolic link to a file that is not the run's.
        if is_plain(path):
            item = storage.put_output(path, claimed.run_id, claimed.attempt, name)
            stored.append(OutputFile(name, item.key, item.sha256, item.size))
    return stored
