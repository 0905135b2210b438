"""What the checks found in an owner's inputs, kept in Postgres: an input that is named again is not read again.

Deleted with the owner's access to the input (`scheduler_service/retention.py`). Requests that read an input at the same
time write the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from shared.db.tables import ArtifactOwner, Inspection
from shared.energyplus.inspection import Inspected
from shared.energyplus.job import adapter
from shared.enums import InputRole

#: An answer with twenty long messages has less; longer ones are not kept.
MAX_CHARACTERS = 64 * 1024


@dataclass(frozen=True, slots=True)
class FileKey:
    """What the answer about a file depends on: files of one request with the same key have the same answer."""

    role: InputRole
    sha256: str
    name_part: str


def known_answers(connection: Connection, owner: str, fingerprints: Mapping[FileKey, str]) -> dict[FileKey, Inspected]:
    """Returns the answers that are kept of the owner's files and that still hold: those with the same fingerprint."""
    rows = connection.execute(
        select(Inspection.sha256, Inspection.role, Inspection.fingerprint, Inspection.answer).where(
            Inspection.owner == owner, Inspection.sha256.in_({key.sha256 for key in fingerprints})
        )
    )
    kept = {(row.sha256, row.role, row.fingerprint): row.answer for row in rows}
    found = {key: kept.get((key.sha256, key.role.value, fingerprint)) for key, fingerprint in fingerprints.items()}
    return {key: adapter(Inspected).validate_json(answer) for key, answer in found.items() if answer is not None}


def keep_answers(
    connection: Connection, owner: str, fingerprints: Mapping[FileKey, str], answers: Mapping[FileKey, Inspected]
) -> None:
    """Keeps answers about those files that are stored and that the owner may use, in place of earlier ones."""
    hashes = {key.sha256 for key in answers}
    # Locked, so that retention cannot delete them before the answers are there.
    owned = connection.scalars(
        select(ArtifactOwner.sha256)
        .where(ArtifactOwner.owner == owner, ArtifactOwner.sha256.in_(hashes))
        .order_by(ArtifactOwner.sha256)
        .with_for_update(read=True, key_share=True)
    ).all()
    rows = {
        (key.sha256, key.role.value): {
            "owner": owner,
            "sha256": key.sha256,
            "role": key.role.value,
            "fingerprint": fingerprints[key],
            "answer": text,
        }
        for key, answer in answers.items()
        if key.sha256 in owned and len(text := adapter(Inspected).dump_json(answer).decode()) <= MAX_CHARACTERS
    }
    if not rows:
        return
    # Sorted, so that two requests about the same files cannot deadlock.
    new = insert(Inspection).values([rows[place] for place in sorted(rows)])
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[Inspection.owner, Inspection.sha256, Inspection.role],
            set_={"fingerprint": new.excluded.fingerprint, "answer": new.excluded.answer},
        )
    )
