"""Deletes old records: audit entries, expired sessions, and tokens that are revoked or expired."""

from datetime import timedelta

from sqlalchemy import delete, func

from shared.db.database import Database
from shared.db.tables import Audit, Session, Token


class OldRecords:
    """`keep` is how long audit entries are kept; an invalid token is kept as long as entries can refer to it."""

    def __init__(self, database: Database, keep: timedelta) -> None:
        self._database = database
        self._keep = keep

    def run(self) -> None:
        """Runs one pass. Raises DatabaseAway."""
        too_old = func.now() - self._keep
        with self._database.transaction() as connection:
            connection.execute(delete(Audit).where(Audit.at < too_old))
            connection.execute(delete(Session).where(Session.expires_at < func.now()))
            connection.execute(delete(Token).where(func.least(Token.revoked_at, Token.expires_at) < too_old))
