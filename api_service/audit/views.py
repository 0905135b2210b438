"""The audit log over HTTP, for admins; `api_service.identity.audit` writes it."""

from typing import Any

from api_service.audit.queries import AuditFilter, AuditView, list_audit
from api_service.audit.schema import AuditPageSchema, AuditQuery
from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.cursor import Page
from api_service.http.dependencies import dependencies
from api_service.identity.scope import Scope, needs

blp = Blueprint("audit", __name__, url_prefix=f"{links.V1}/audit", description="Who did what.")


@blp.route("")
@needs(Scope.ADMIN)
@blp.arguments(AuditQuery, location="query")
@blp.response(200, AuditPageSchema)
def read(query: dict[str, Any]) -> Page[AuditView]:
    """List what was done, newest first."""
    limit, cursor = query.pop("limit"), query.pop("cursor")
    with dependencies().database.transaction() as connection:
        return list_audit(connection, AuditFilter(**query), limit=limit, cursor=cursor)
