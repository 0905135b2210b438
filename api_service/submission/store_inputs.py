"""Stores checked inputs, rows before files: retention sees that a file is in use before the file exists.

No transaction is open while a file is transferred.
"""

import time
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from api_service.http.problem import away
from api_service.http.spool import Spooled
from api_service.identity.visible import has_uploaded
from api_service.identity.who import Identity
from api_service.submission.inputs import Candidate
from shared.db.database import Database
from shared.db.tables import Artifact
from shared.storage import NotFound, Storage
from shared.storage.base import Stored, input_key

#: Attempts to enter a file while retention deletes an earlier copy, which takes only a moment.
TRIES = 20
PAUSE_SECONDS = 0.25


def store_inputs(database: Database, storage: Storage, candidates: Sequence[Candidate]) -> None:
    """Stores new inputs. Raises DatabaseAway, StorageError, and Problem when a concurrent deletion takes too long."""
    fresh = {c.file.sha256: c.file for c in candidates if c.key is None}
    _enter(database, fresh)
    for file in fresh.values():
        storage.put_input(file.path, file.sha256)


def find(database: Database, hashes: set[str], identity: Identity) -> dict[str, Stored]:
    """Returns those inputs, by hash, of `hashes` that the requester may use. Raises DatabaseAway."""
    with database.transaction() as connection:
        rows = connection.execute(
            select(Artifact.key, Artifact.sha256, Artifact.size).where(
                Artifact.sha256.in_(hashes), has_uploaded(identity)
            )
        )
        return {row.sha256: Stored(row.key, row.sha256, row.size) for row in rows}


def fetch(storage: Storage, candidate: Candidate) -> bool:
    """Copies a stored input to its path unless it is there; False when it is no longer stored. Raises StorageError."""
    file = candidate.file
    if candidate.key is None or file.path.exists():
        return True
    try:
        storage.fetch(candidate.key, file.path, sha256=file.sha256)
    except NotFound:
        return False
    return True


def _enter(database: Database, files: Mapping[str, Spooled]) -> None:
    # Sorted, so that two submissions of the same files cannot deadlock.
    missing = sorted(files)
    for _ in range(TRIES):
        if not missing:
            return
        entered = _upsert(database, [files[sha256] for sha256 in missing])
        missing = [sha256 for sha256 in missing if sha256 not in entered]
        if missing:
            time.sleep(PAUSE_SECONDS)
    raise away("An earlier copy of an input is just being deleted")


def _upsert(database: Database, files: Sequence[Spooled]) -> set[str]:
    new = insert(Artifact).values(
        [{"sha256": file.sha256, "key": input_key(file.sha256), "size": file.size} for file in files]
    )
    statement = new.on_conflict_do_update(
        index_elements=[Artifact.sha256],
        set_={"last_used_at": func.now()},
        where=Artifact.tombstoned_at.is_(None),
    ).returning(Artifact.sha256)
    with database.transaction() as connection:
        return set(connection.scalars(statement))
