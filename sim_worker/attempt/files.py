"""Transfer of files between storage and an attempt's scratch directory.

What is stored is the preparation's, which lies where EnergyPlus cannot change it, and EnergyPlus's own files.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from shared.energyplus.results.messages import HEAD_BYTES, TAIL_BYTES
from shared.energyplus.untrusted_file import is_plain, read_ends
from shared.state.claim import Claimed
from shared.state.finished import OutputFile
from shared.storage import Storage
from sim_worker.attempt.transfer import transfer
from sim_worker.engine.watch import StopSignal

#: EnergyPlus's messages, which are stored up to HEAD_BYTES + TAIL_BYTES, and its report.
MESSAGES, REPORT = "eplusout.err", "eplustbl.htm"
#: Stored only when the user requested series, because it is large; EPSM_FILE_LIMIT_BYTES bounds it.
SERIES = "eplusout.sql"
#: A report of 1,500 zones with all tables has less than 30 MB.
REPORT_BYTES = 256 << 20
LEFT_OUT = b"\n   ... what is between here and the last lines is left out ...\n"


def fetch_inputs(storage: Storage, claimed: Claimed, inputs: Path, work: Path, stop: StopSignal) -> tuple[Path, Path]:
    """Fetch model and weather into `inputs`, and side files into `work`; returns the paths (model, weather).

    `work` is the directory of the prepared model. Model and weather have fixed names; side files keep the names they
    were uploaded under, because the model refers to them. Raises StorageError, Stopped.
    """
    model = inputs / f"model{Path(claimed.model.name).suffix.lower()}"
    weather = inputs / "weather.epw"
    wanted = [(claimed.model, model), (claimed.weather, weather), *((file, work / file.name) for file in claimed.files)]
    for file, target in wanted:
        transfer(stop, partial(storage.fetch, file.key, target, sha256=file.sha256))
    return model, weather


def keep_outputs(work: Path, kept: Path, *, series: bool, clean: Callable[[str], str]) -> list[str]:
    """Move EnergyPlus's own files from `work` to `kept`; returns a sentence about each that is too large to be stored.

    `clean` takes the directories of this machine out of the messages. Raises OSError.
    """
    head, tail = read_ends(work / MESSAGES, HEAD_BYTES, TAIL_BYTES)
    if head:
        text = (head + LEFT_OUT + tail if tail else head).decode(errors="surrogateescape")
        (kept / MESSAGES).write_bytes(clean(text).encode(errors="surrogateescape"))
    for name in (REPORT, SERIES) if series else (REPORT,):
        if is_plain(work / name):
            (work / name).rename(kept / name)
    if not is_plain(kept / REPORT) or (size := (kept / REPORT).stat().st_size) <= REPORT_BYTES:
        return []
    (kept / REPORT).unlink()
    return [f"{REPORT} is not stored: it has {size} bytes, more than {REPORT_BYTES}"]


def stored_size(kept: Path) -> int:
    """Bytes that `store_outputs` would store."""
    return sum(path.stat().st_size for path in _plain(kept))


def store_outputs(storage: Storage, claimed: Claimed, kept: Path, stop: StopSignal) -> Sequence[OutputFile]:
    """Store the files in `kept` under this run and attempt. Raises StorageError, Stopped."""
    stored = []
    for path in _plain(kept):
        put = partial(storage.put_output, path, claimed.run_id, claimed.attempt, path.name)
        item = transfer(stop, put)
        stored.append(OutputFile(path.name, item.key, item.sha256, item.size))
    return stored


def _plain(kept: Path) -> Iterator[Path]:
    """The files in `kept`. A link that was moved there leads to a file that is not the run's."""
    return filter(is_plain, sorted(kept.iterdir()))
