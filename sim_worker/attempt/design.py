"""The values of a run's parameters: from its row, or from the design of its simulation in the store."""

from collections.abc import Mapping
from functools import partial

from shared.state.claim import Claimed
from shared.storage import Storage
from shared.storage.seekable import open_seekable
from shared.study import Variant
from sim_worker.attempt.errors import InfrastructureError
from sim_worker.attempt.transfer import transfer
from sim_worker.engine.watch import StopSignal


def fetch_values(storage: Storage, claimed: Claimed, stop: StopSignal) -> Mapping[str, float | str]:
    """The values; a design is read where the run's row is. Raises StorageError, Stopped, InfrastructureError.

    A run never starts without its values: its result would be that of the unchanged model.
    """
    if claimed.parameters is not None:
        return claimed.parameters
    if claimed.variant is None or claimed.design is None:
        raise InfrastructureError("design_unreadable", "The run has neither parameters nor a file of variants")
    return transfer(stop, partial(_read, storage, claimed.design.key, claimed.variant))


def _read(storage: Storage, key: str, variant: int) -> Variant:
    # Not at the start of the process: pyarrow starts threads, which must inherit the signals that `__main__` blocks.
    from shared.study.design_file import DamagedDesign, read_design

    try:
        with open_seekable(storage, key) as file:
            return read_design(file, [variant])[variant]
    except DamagedDesign as error:
        raise InfrastructureError("design_unreadable", f"Variant {variant}: {error}") from error
