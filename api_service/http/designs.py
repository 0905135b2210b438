"""Reads the parameters of runs from the designs of their simulations; no transaction may be open meanwhile."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Protocol, TypeVar

from shared.design_file import DamagedDesign, Row, read_design
from shared.logging import get_logger
from shared.storage import NotFound, Storage
from shared.storage.seekable import open_seekable

log = get_logger(__name__)

#: Rows that are kept: runs that are followed are shown again every second.
MOST_BYTES = 16 << 20
#: About what a row, and each of its values, take besides their texts.
ROW_BYTES, VALUE_BYTES = 400, 120


class HasVariant(Protocol):
    """A dataclass of a run: `parameters` is None when they are row `variant` of the file with the key `design`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def parameters(self) -> Mapping[str, Any] | None: ...

    @property
    def variant(self) -> int | None: ...

    @property
    def design(self) -> str | None: ...


OneRun = TypeVar("OneRun", bound=HasVariant)
Place = tuple[str, int]


class Designs:
    """Reads rows of designs, and keeps the last ones: a file never changes under its key."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._kept: OrderedDict[Place, Row] = OrderedDict()
        self._bytes, self._lock = 0, threading.Lock()

    def fill(self, runs: Sequence[OneRun]) -> list[OneRun]:
        """Returns the runs with their parameters; None where the design is lost or damaged. Raises StorageError."""
        wanted = {place for run in runs if (place := _place(run)) is not None}
        known = self._known(wanted)
        missing: dict[str, list[int]] = defaultdict(list)
        for key, variant in wanted - known.keys():
            missing[key].append(variant)
        for key, variants in missing.items():
            found = {(key, variant): row for variant, row in self._read(key, variants).items()}
            self._keep(found)
            known |= found
        return [run if (place := _place(run)) is None else replace(run, parameters=known.get(place)) for run in runs]

    def _known(self, wanted: Collection[Place]) -> dict[Place, Row]:
        with self._lock:
            known = {place: self._kept[place] for place in wanted if place in self._kept}
            for place in known:
                self._kept.move_to_end(place)
        return known

    def _read(self, key: str, variants: Collection[int]) -> dict[int, Row]:
        try:
            with open_seekable(self._storage, key) as file:
                return read_design(file, variants)
        except (NotFound, DamagedDesign) as error:
            # The other runs of a list must be shown all the same.
            log.warning("design.unreadable", key=key, error=str(error))
            return {}

    def _keep(self, found: Mapping[Place, Row]) -> None:
        with self._lock:
            for place, row in found.items():
                if place not in self._kept:
                    self._kept[place] = row
                    self._bytes += _bytes(row)
            while self._bytes > MOST_BYTES:
                self._bytes -= _bytes(self._kept.popitem(last=False)[1])


def _place(run: HasVariant) -> Place | None:
    return None if run.variant is None or run.design is None else (run.design, run.variant)


def _bytes(row: Row) -> int:
    texts = sum(len(value) for value in row.values() if isinstance(value, str))
    return ROW_BYTES + VALUE_BYTES * len(row) + texts
