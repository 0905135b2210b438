"""Deletes orphans: files in storage and scratch whose process was killed before it could write the row."""

import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from shared import metrics
from shared.db.database import Database
from shared.db.tables import Artifact, Run, RunFile
from shared.enums import Status
from shared.logging import get_logger
from shared.removal import remove_tree
from shared.scratch_names import SWEPT
from shared.storage import Item, Storage
from shared.storage.base import INPUTS, OUTPUTS, PARTIAL

log = get_logger(__name__)

#: Number of keys that one query compares with the database.
BATCH = 500


class OrphanSearch:
    """Deletes files that are older than `grace`, unknown to the database and not in use."""

    def __init__(self, database: Database, storage: Storage, scratch: Path, grace: timedelta) -> None:
        self._database = database
        self._storage = storage
        self._scratch = scratch
        self._grace = grace

    def run(self) -> None:
        """Runs one pass. Raises DatabaseAway, StorageError."""
        self._search(INPUTS, self._known_inputs)
        self._search(OUTPUTS, self._known_outputs)
        # Incomplete files of processes that were killed while writing; no row ever refers to these.
        self._search(PARTIAL, lambda keys: set())  # noqa: ARG005
        self._sweep_scratch()

    def _search(self, prefix: str, known: Callable[[Collection[str]], set[str]]) -> None:
        newest = datetime.now(UTC) - self._grace
        old = (item for item in self._storage.walk(prefix) if item.modified_at < newest)
        for batch in _batches(old):
            keep = known([item.key for item in batch])
            for item in batch:
                if item.key not in keep:
                    self._storage.delete(item.key)
                    metrics.retention_freed_bytes.inc(item.size)
                    log.info("orphan.removed", key=item.key, freed_bytes=item.size)

    def _known_inputs(self, keys: Collection[str]) -> set[str]:
        with self._database.transaction() as connection:
            return set(connection.scalars(select(Artifact.key).where(Artifact.key.in_(keys))))

    def _known_outputs(self, keys: Collection[str]) -> set[str]:
        """Returns the keys with a row, and all keys of running runs, whose rows may follow soon."""
        runs = {UUID(key.split("/")[1]) for key in keys}
        with self._database.transaction() as connection:
            known = set(connection.scalars(select(RunFile.key).where(RunFile.key.in_(keys))))
            going_on = connection.scalars(select(Run.id).where(Run.id.in_(runs), Run.status == Status.RUNNING.value))
            busy = {str(run_id) for run_id in going_on}
        return known | {key for key in keys if key.split("/")[1] in busy}

    def _sweep_scratch(self) -> None:
        oldest = time.time() - self._grace.total_seconds()
        for path in self._scratch.glob("*"):
            match = SWEPT.fullmatch(path.name)
            try:
                if match is None or path.lstat().st_mtime > oldest or (match["run"] and self._runs(UUID(match["run"]))):
                    continue
                remove_tree(path)
            except FileNotFoundError:
                # The worker has deleted it in the meantime.
                continue
            except OSError as error:
                log.warning("scratch.not_removed", name=path.name, error=str(error))
                continue
            log.info("scratch.removed", name=path.name)

    def _runs(self, run_id: UUID) -> bool:
        with self._database.transaction() as connection:
            return connection.scalar(select(Run.status).where(Run.id == run_id)) == Status.RUNNING.value


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch
