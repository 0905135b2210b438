"""Deletion of old records: access to files, tokens, sessions, audit entries. Tests set times in the database."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text

from scheduler_service.records import OldRecords
from scheduler_service.retention import Retention
from shared.db.tables import Artifact, ArtifactOwner, Audit, Inspection, Session, Token
from shared.storage.local import LocalStorage
from tests.rows import Rows

DAY = timedelta(days=1)


def execute(rows: Rows, statement: str) -> None:
    with rows.database.transaction() as connection:
        connection.execute(text(statement))


def test_an_owner_keeps_a_file_no_longer_because_another_has_it_too(rows: Rows, tmp_path: Path) -> None:
    rows.submit(owner="anna")
    (run,) = rows.runs(rows.submit(owner="bert"))
    rows.finish(rows.start(run))
    execute(rows, "UPDATE simulations SET deleted_at = now() WHERE owner = 'bert'")
    execute(rows, "UPDATE artifact_owners SET last_used_at = now() - interval '2 days'")
    execute(rows, "INSERT INTO inspections SELECT owner, sha256, 'model', '', '{}' FROM artifact_owners")

    Retention(rows.database, LocalStorage(tmp_path / "storage"), 30 * DAY, DAY).run()

    with rows.database.transaction() as connection:
        assert set(connection.scalars(select(ArtifactOwner.owner))) == {"anna"}
        assert set(connection.scalars(select(Inspection.owner))) == {"anna"}
        assert len(connection.scalars(select(Artifact.sha256)).all()) == 2


def test_old_records_go_and_the_others_stay(rows: Rows) -> None:
    token = "INSERT INTO tokens (id, digest, name, owner, scopes, revoked_at, expires_at) VALUES "
    execute(rows, token + "(gen_random_uuid(), 'a', 'old', 'o', '{read}', now() - interval '9 days', NULL)")
    execute(rows, token + "(gen_random_uuid(), 'b', 'late', 'o', '{read}', NULL, now() - interval '1 day')")
    execute(rows, token + "(gen_random_uuid(), 'c', 'good', 'o', '{read}', NULL, NULL)")
    session = "INSERT INTO sessions (id, digest, owner, scopes, expires_at) VALUES "
    execute(rows, session + "(gen_random_uuid(), 'd', 'ended', '{read}', now() - interval '1 second')")
    execute(rows, session + "(gen_random_uuid(), 'e', 'going', '{read}', now() + interval '1 hour')")
    entry = "INSERT INTO audit (id, at, action, object, correlation_id) VALUES "
    execute(rows, entry + "(gen_random_uuid(), now() - interval '9 days', 'old', '', '')")
    execute(rows, entry + "(gen_random_uuid(), now() - interval '1 day', 'new', '', '')")

    OldRecords(rows.database, 7 * DAY).run()

    with rows.database.transaction() as connection:
        assert set(connection.scalars(select(Token.name))) == {"late", "good"}
        assert connection.scalars(select(Session.owner)).all() == ["going"]
        assert connection.scalars(select(Audit.action)).all() == ["new"]
