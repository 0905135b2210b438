"""Moving files between storage and an attempt's scratch directory."""

from collections.abc import Sequence
from pathlib import Path

from shared.energyplus.preparation.prepare import Prepared
from shared.energyplus.untrusted_file import is_plain
from shared.state.claim import Claimed
from shared.state.finish import OutputFile
from shared.storage import Storage
from sim_worker.engine.execute import CHANGES

#: What a run leaves behind: the report, the messages, and what preparation changed in the model.
KEPT = ("eplustbl.htm", "eplusout.err", CHANGES)
#: Kept only when it holds series that somebody asked for; it is large.
SERIES = "eplusout.sql"


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


def store_outputs(storage: Storage, claimed: Claimed, prepared: Prepared) -> Sequence[OutputFile]:
    """Store what there is of the kept files and the prepared model, under this run and attempt."""
    work = prepared.path.parent
    kept = {name: work / name for name in KEPT}
    kept[f"prepared{prepared.path.suffix}"] = prepared.path
    if prepared.keeps_series:
        kept[SERIES] = work / SERIES
    stored = []
    for name, path in kept.items():
        # A model could have put a link there; what it points to is none of the run's.
        if is_plain(path):
            item = storage.put_output(path, claimed.run_id, claimed.attempt, name)
            stored.append(OutputFile(name, item.key, item.sha256, item.size))
    return stored
