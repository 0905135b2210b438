"""Bring checked inputs into storage, rows first: retention sees a file in use before the file is there.

No transaction is open while a file moves.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from api_service.http.problem import away
from api_service.http.uploads import Spooled, composed
from api_service.identity.visible import has_uploaded
from api_service.identity.who import Identity
from api_service.submission.inputs import Candidate
from shared.db.database import Database
from shared.db.tables import Artifact
from shared.storage import NotFound, Storage
from shared.storage.base import input_key

#: A file that is being deleted right now is gone within moments; then the same file can be stored anew.
TRIES = 20
PAUSE_SECONDS = 0.25


def store_inputs(database: Database, storage: Storage, candidates: Sequence[Candidate]) -> None:
    """Store what is not stored yet. Raises DatabaseAway, StorageError, and Problem when a deletion takes too long."""
    fresh = {c.file.sha256: c.file for c in candidates if not c.stored}
    _enter(database, fresh)
    for file in fresh.values():
        storage.put_input(file.path, file.sha256)


def find(database: Database, hashes: set[str], identity: Identity) -> dict[str, str]:
    """The storage keys of those of `hashes` that are there for the requester."""
    with database.transaction() as connection:
        rows = connection.execute(
            select(Artifact.sha256, Artifact.key).where(Artifact.sha256.in_(hashes), has_uploaded(identity))
        )
        return {row.sha256: row.key for row in rows}


def fetch(storage: Storage, key: str | None, name: str, sha256: str, path: Path) -> Spooled | None:
    """A stored input, brought to `path` to be looked at; None when it is not there after all. Raises StorageError."""
    if key is None:
        return None
    try:
        storage.fetch(key, path, sha256=sha256)
    except NotFound:
        return None
    return Spooled(composed(name), path, sha256, path.stat().st_size)


def _enter(database: Database, files: Mapping[str, Spooled]) -> None:
    # Sorted, so that two submissions of the same files cannot wait for each other.
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
