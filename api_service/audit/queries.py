"""Queries of the audit log, newest entry first; only admins may read it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from api_service.http.cursor import Page, decode, encode, page
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


def list_audit(connection: Connection, wanted: AuditFilter, *, limit: int, cursor: str | None) -> Page[AuditView]:
    """Returns up to `limit` entries, newest first. Raises Problem for an invalid cursor."""
    asked = {name: value for name, value in asdict(wanted).items() if value is not None}
    statement = select(Audit.__table__).filter_by(**asked)
    if cursor is not None:
        statement = statement.where(tuple_(Audit.at, Audit.id) < decode(cursor, "audit", datetime, UUID))
    rows, more = page(
        connection.execute(statement.order_by(Audit.at.desc(), Audit.id.desc()).limit(limit + 1)).mappings().all(),
        limit,
    )
    views = [AuditView(**row) for row in rows]
    return Page(views, encode("audit", views[-1].at, views[-1].id) if more else None)
