"""Private working directories, one per attempt, under the scratch directory of this host."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from shared.db.database import Database
from shared.db.tables import Run
from shared.enums import Status
from shared.logging import get_logger
from shared.removal import remove_tree
from shared.scratch_names import ATTEMPT, attempt_name

log = get_logger(__name__)


@contextmanager
def scratch(root: Path, run_id: UUID, attempt: int) -> Iterator[Path]:
    """Context manager for the new directory of an attempt, which is removed at the end.

    Raises OSError when the directory cannot be created, as on a disk that is full or read-only.
    """
    directory = root / attempt_name(run_id, attempt)
    directory.mkdir(mode=0o700, parents=True)
    try:
        yield directory
    finally:
        _remove(directory)


def free_ratio(root: Path) -> float:
    """Free fraction of the file system of `root`, 0 to 1; 0 when it cannot be determined."""
    try:
        total, _, free = shutil.disk_usage(root)
    except OSError:
        return 0.0
    return free / total if total else 0.0


def sweep(root: Path, database: Database) -> int:
    """Remove directories that killed workers left behind: those of attempts that are not running. Returns how many."""
    left = {path: match for path in root.glob("run-*") if (match := ATTEMPT.fullmatch(path.name))}
    if not left:
        return 0
    ids = {UUID(match["run"]) for match in left.values()}
    with database.transaction() as connection:
        rows = connection.execute(
            select(Run.id, Run.attempt).where(Run.id.in_(ids), Run.status == Status.RUNNING.value)
        )
        running = {(row.id, row.attempt) for row in rows}
    stale = [path for path, m in left.items() if (UUID(m["run"]), int(m["attempt"])) not in running]
    for path in stale:
        _remove(path)
    return len(stale)


def _remove(directory: Path) -> None:
    """Remove the directory; an error is only logged, because it must not change the result of the run.

    A directory that remains is swept when a worker starts.
    """
    try:
        remove_tree(directory)
    except OSError as error:
        log.warning("scratch.left", directory=str(directory), error=str(error))
