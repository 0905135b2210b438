"""Liveness (/healthz), readiness (/readyz) and Prometheus metrics (/metrics) of the API."""

from importlib.metadata import version
from typing import Any, ClassVar

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api_service.http.blueprint import Blueprint
from api_service.http.dependencies import Dependencies, dependencies
from api_service.http.health_schema import HealthSchema, ReadySchema
from shared.db.database import DatabaseAway
from shared.storage import StorageError


class ProbeBlueprint(Blueprint):
    """Routes without rate limits and caps, so they have no temporary errors in the OpenAPI document."""

    TEMPORARY: ClassVar[dict[str, str]] = {}


blp = ProbeBlueprint("health", __name__, description="Health checks and Prometheus metrics.")

TEXT = {"text/plain": {"schema": {"type": "string"}}}


@blp.route("/healthz")
@blp.response(200, HealthSchema)
def healthz() -> dict[str, str]:
    """Check that the process is alive; no other service is contacted."""
    return {"status": "ok", "version": version("epsm")}


@blp.route("/readyz")
@blp.response(200, ReadySchema)
@blp.alt_response(503, schema=ReadySchema, description="Postgres or the store is unreachable.")
def readyz() -> tuple[dict[str, Any], int]:
    """Check whether requests can be served: Postgres and the store must be reachable; RabbitMQ need not be."""
    return readiness(dependencies())


def readiness(of: Dependencies) -> tuple[dict[str, Any], int]:
    """Returns the state of each part and the HTTP status; also called by the server for probes."""
    faults = {"database": _database_fault(of), "storage": _storage_fault(of), "broker": of.broker.fault()}
    ready = faults["database"] is None and faults["storage"] is None
    shown = {name: {"ok": fault is None, "detail": fault} for name, fault in faults.items()}
    return {"status": "ready" if ready else "unready", "parts": shown}, 200 if ready else 503


@blp.route("/metrics")
@blp.doc(responses={"200": {"description": "Metrics in the Prometheus text format.", "content": TEXT}})
def metrics() -> Response:
    """Read the Prometheus metrics of this process."""
    return Response(generate_latest(dependencies().registry), content_type=CONTENT_TYPE_LATEST)


def _database_fault(of: Dependencies) -> str | None:
    try:
        of.database.check()
    except DatabaseAway as error:
        return str(error).strip()
    return None


def _storage_fault(of: Dependencies) -> str | None:
    try:
        of.storage.check()
    except StorageError as error:
        return str(error)
    return None
