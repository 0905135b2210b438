"""The machine and the fleet in the old contract: the old page asks for them first, to see whether a server is there."""

from collections.abc import Sequence
from typing import Any

import psutil
from flask import Response, jsonify
from marshmallow import Schema, fields

from api_service.fleet.queries import WorkerView, list_workers
from api_service.http.dependencies import Dependencies, dependencies
from api_service.legacy.blueprint import PREFIX, LegacyBlueprint
from api_service.legacy.machine import read_machine
from shared.enums import WorkerStatus
from shared.logging import get_logger

log = get_logger(__name__)

#: Workers in these states carry out runs.
WORKING = (WorkerStatus.READY.value, WorkerStatus.DRAINING.value)
TROUBLE = "The machine's resources cannot be read"

blp = LegacyBlueprint("legacy_resources", __name__, url_prefix=PREFIX, description="The machine, for earlier clients.")

CpuSchema = Schema.from_dict(
    {"logical_cores": fields.Integer(), "physical_cores": fields.Integer(), "usage_percent": fields.Float()},
    name="LegacyCpu",
)
MemorySchema = Schema.from_dict(
    {"total_gb": fields.Float(), "available_gb": fields.Float(), "usage_percent": fields.Float()},
    name="LegacyMemory",
)
DiskSchema = Schema.from_dict(
    {"total_gb": fields.Float(), "free_gb": fields.Float(), "usage_percent": fields.Float()}, name="LegacyDisk"
)
NetworkSchema = Schema.from_dict(
    {
        "bytes_sent_per_sec": fields.Float(),
        "bytes_recv_per_sec": fields.Float(),
        "total_bytes_sent": fields.Integer(),
        "total_bytes_recv": fields.Integer(),
    },
    name="LegacyNetwork",
)
EnginesSchema = Schema.from_dict(
    {
        "docker_available": fields.Boolean(metadata={"description": "Always false: engines run without Docker."}),
        "container_image": fields.String(metadata={"description": "Always empty, for the same reason."}),
        "status": fields.String(metadata={"example": "2 workers carry out runs"}),
        "exists": fields.Boolean(metadata={"description": "Whether a worker carries out runs."}),
        "version": fields.String(metadata={"description": "The newest engine of these workers."}),
    },
    name="LegacyEngines",
)
PlatformSchema = Schema.from_dict(
    {"system": fields.String(), "release": fields.String(), "python": fields.String()}, name="LegacyPlatform"
)


class ResourcesSchema(Schema):
    """The machine that the API is on, and the engines of the fleet."""

    cpu = fields.Nested(CpuSchema)
    memory = fields.Nested(MemorySchema)
    disk = fields.Nested(DiskSchema)
    network = fields.Nested(NetworkSchema)
    energyplus = fields.Nested(EnginesSchema)
    platform = fields.Nested(PlatformSchema)


class TroubleSchema(Schema):
    """The machine cannot be looked at."""

    error = fields.String()
    detail = fields.String()
    message = fields.String()


@blp.route("/system-resources/", strict_slashes=False)
@blp.response(200, ResourcesSchema)
@blp.alt_response(500, schema=TroubleSchema, description="The operating system does not say.")
def system_resources() -> Response:
    """Read what the API's machine has and uses, and the newest engine of the workers."""
    body, status = read_resources(dependencies())
    response = jsonify(body)
    response.status_code = status
    return response


def read_resources(of: Dependencies) -> tuple[dict[str, Any], int]:
    """Returns the answer and its status. Raises DatabaseAway."""
    with of.database.transaction() as connection:
        workers = list_workers(connection, lease=of.lease)
    try:
        machine = read_machine(of.settings.scratch_directory)
    except (psutil.Error, OSError) as error:
        log.exception("resources.unreadable")
        return {"error": TROUBLE, "detail": str(error), "message": TROUBLE}, 500
    return {**machine, "energyplus": engines_of(workers)}, 200


def engines_of(workers: Sequence[WorkerView]) -> dict[str, Any]:
    """Returns the block `energyplus`: whether there is an engine, and which is the newest."""
    working = [worker for worker in workers if worker.status in WORKING]
    said = {1: "1 worker carries out runs"}.get(len(working), f"{len(working)} workers carry out runs")
    block: dict[str, Any] = {
        "docker_available": False,
        "container_image": "",
        "status": said,
        "exists": bool(working),
    }
    if working:
        newest = max(working, key=lambda worker: [int(part) for part in worker.engine.split(".")])
        block["version"] = newest.engine
    return block
