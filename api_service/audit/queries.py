"""Queries of the audit log, newest entry first; only admins may read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import gt, lt
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, select, true, tuple_

from api_service.http.cursor import Page, decode, encode, sift
from api_service.http.paging import MOST_LOOKED_AT
from shared.db.tables import Audit


@dataclass(frozen=True, slots=True)
class AuditView:
    """One entry of the audit log."""

    id: UUID
    at: datetime
    owner: str | None
    token_id: UUID | None
    session_id: UUID | None
    action: str
    object: str
    address: str | None
    correlation_id: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Filter of the list of entries; None means no condition."""

    owner: str | None = None
    action: str | None = None
    object: str | None = None
    after: datetime | None = None
    before: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Returns the SQL conditions, the most selective one first; each has an index by time."""
        asked = ((Audit.object, self.object), (Audit.owner, self.owner), (Audit.action, self.action))
        return [column == value for column, value in asked if value is not None]

    def of_time(self) -> list[ColumnElement[bool]]:
        """Returns the SQL conditions on the time."""
        asked = ((gt, self.after), (lt, self.before))
        return [compare(Audit.at, moment) for compare, moment in asked if moment is not None]


def list_audit(connection: Connection, wanted: AuditFilter, *, limit: int, cursor: str | None) -> Page[AuditView]:
    """Returns up to `limit` entries, newest first. Raises Problem for an invalid cursor.

    With several conditions, it looks at MOST_LOOKED_AT entries that meet the first and returns a cursor to where it has
    stopped looking.
    """
    first, others = wanted.conditions()[:1], wanted.conditions()[1:]
    statement = select(Audit.__table__, and_(true(), *others).label("wanted")).where(*first, *wanted.of_time())
    if cursor is not None:
        statement = statement.where(tuple_(Audit.at, Audit.id) < decode(cursor, "audit", datetime, UUID))
    most = MOST_LOOKED_AT if others else limit + 1
    rows = connection.execute(statement.order_by(Audit.at.desc(), Audit.id.desc()).limit(most)).all()
    shown, last = sift(rows, limit, most)
    views = [AuditView(**{name: getattr(row, name) for name in AuditView.__dataclass_fields__}) for row in shown]
    return Page(views, None if last is None else encode("audit", last.at, last.id))
