"""The ends of .err files for the old page's dialog, within limits that one answer and the storage can bear."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from api_service.files.queries import StoredFile
from api_service.files.views import LOG
from api_service.legacy.result_queries import LegacyRun
from shared.enums import Status
from shared.storage import NotFound, Storage

#: The end of a log that is served, in bytes; `/api/v1/runs/{id}/log` serves it whole.
MAX_LOG_BYTES = 200_000
#: Logs in one answer, and their bytes together: the old page asks again for every percent of progress.
MAX_LOGS = 50
MAX_BYTES = 4 << 20


def with_logs(runs: Sequence[LegacyRun]) -> list[UUID]:
    """Returns the runs whose logs are served: those without a result first, because a log says why."""
    ordered = sorted(runs, key=lambda run: run.status == Status.SUCCEEDED.value)
    return [run.id for run in ordered[:MAX_LOGS]]


def read_logs(storage: Storage, files: Mapping[UUID, Mapping[str, StoredFile]]) -> dict[UUID, str]:
    """Returns the end of each run's log, of as many as there is room for. Raises StorageError."""
    found: dict[UUID, str] = {}
    left = MAX_BYTES
    for run_id, by_name in files.items():
        file = by_name.get(LOG)
        if file is None or not file.size or left <= 0:
            continue
        size = min(file.size, MAX_LOG_BYTES, left)
        try:
            chunks = storage.read(file.key, file.size - size, file.size)
        except NotFound:
            continue
        try:
            found[run_id] = b"".join(chunks).decode("utf-8", "replace")
        finally:
            chunks.close()
        left -= size
    return found
