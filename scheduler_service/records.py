"""Forgets what only accounts for the past: audit entries, sessions that have ended, tokens that nobody can use."""

from datetime import timedelta

from sqlalchemy import delete, func

from shared.db.database import Database
from shared.db.tables import Audit, Session, Token


class OldRecords:
    """`keep` is how long the audit log goes back; a token stays as long as it can be mentioned there."""

    def __init__(self, database: Database, keep: timedelta) -> None:
        self._database = database
        self._keep = keep

    def run(self) -> None:
        """One pass. Raises DatabaseAway."""
        too_old = func.now() - self._keep
        with self._database.transaction() as connection:
            connection.execute(delete(Audit).where(Audit.at < too_old))
            connection.execute(delete(Session).where(Session.expires_at < func.now()))
            connection.execute(delete(Token).where(func.least(Token.revoked_at, Token.expires_at) < too_old))
