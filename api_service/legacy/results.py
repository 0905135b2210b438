"""Results in the old contract: of one simulation, while it runs and once it has ended, and of all."""

from typing import Any

from flask import Response, jsonify

from api_service.http.dependencies import dependencies
from api_service.http.problem_schema import LegacyErrorSchema
from api_service.identity.who import current_identity
from api_service.legacy.blueprint import PREFIX, LegacyBlueprint, found, read_id
from api_service.legacy.items import Zones, item, listed, row
from api_service.legacy.logs import read_logs, with_logs
from api_service.legacy.queries import first_failure
from api_service.legacy.result_queries import ended_runs, list_ended, output_files
from api_service.legacy.result_schema import (
    ItemSchema,
    ListedSchema,
    NotCompletedSchema,
    ResultsQuery,
    RowSchema,
    WaitingSchema,
)
from api_service.legacy.translation import CANCELLED_ERROR, translate

#: When the old page may ask again for rows that are not there yet.
RETRY_SECONDS = 2

blp = LegacyBlueprint("legacy_results", __name__, url_prefix=PREFIX, description="Results for earlier clients.")


@blp.route("/<simulation_id>/parallel-results/", strict_slashes=False)
@blp.response(200, RowSchema(many=True))
@blp.alt_response(202, schema=WaitingSchema, description="There are no rows yet, or the simulation failed.")
@blp.alt_response(404, schema=LegacyErrorSchema)
def parallel_results(simulation_id: str) -> Response:
    """Read the runs that have ended so far.

    Bounded: the first 1000 runs, the last 200,000 bytes of the .err files of 50 runs, 50,000 zones.
    """
    known = read_id(simulation_id, "Simulation")
    with dependencies().database.transaction() as connection:
        translated = translate(simulation := found(connection, known, "Simulation"))
        # With rows of a simulation that failed, the old page would ask again without a pause, for ever.
        if translated.state == "REVOKED":
            return _waiting(translated.page_status, CANCELLED_ERROR)
        if translated.state == "FAILURE":
            return _waiting(translated.page_status, first_failure(connection, simulation) or translated.message)
        runs = ended_runs(connection, known, current_identity())
        files = output_files(connection, with_logs(runs))
    if not runs and translated.state == "SUCCESS":
        return _waiting("processing", "The results are being stored", retry_after_seconds=RETRY_SECONDS)
    if not runs:
        return _waiting(translated.page_status, translated.message)
    runs = dependencies().designs.fill(runs)
    logs, zones = read_logs(dependencies().storage, files), Zones()
    return jsonify([row(run, item(run, zones), logs.get(run.id)) for run in runs])


@blp.route("/<simulation_id>/results/", strict_slashes=False)
@blp.response(200, ItemSchema(many=True))
@blp.alt_response(400, schema=NotCompletedSchema, description="The simulation has not completed.")
@blp.alt_response(404, schema=LegacyErrorSchema)
def results(simulation_id: str) -> Response:
    """Read the results of a completed simulation, of its first 1000 runs."""
    known = read_id(simulation_id, "Simulation")
    with dependencies().database.transaction() as connection:
        translated = translate(found(connection, known, "Simulation"))
        runs = ended_runs(connection, known, current_identity()) if translated.state == "SUCCESS" else []
    if translated.state != "SUCCESS":
        said = {"error": "Simulation not yet completed", "status": translated.page_status}
        return _with_status(400, {**said, "simulationId": str(known), "results": []})
    zones = Zones()
    return jsonify([item(run, zones) for run in dependencies().designs.fill(runs)])


@blp.route("/results/", endpoint="all", strict_slashes=False)
@blp.arguments(ResultsQuery, location="query", error_status_code=400)
@blp.response(200, ListedSchema(many=True))
@blp.alt_response(400, schema=LegacyErrorSchema, description="A parameter is not accepted.")
def all_results(query: dict[str, Any]) -> Response:
    """List runs with a result or an error, newest simulation first; other parameters than these change nothing."""
    with dependencies().database.transaction() as connection:
        runs = list_ended(
            connection,
            current_identity(),
            owner=query["user_id"] or None,
            scenario=query["scenario_id"] or None,
            limit=query["limit"],
            offset=query["offset"],
        )
    return jsonify([listed(run) for run in dependencies().designs.fill(runs)])


def _waiting(status: str, message: str, **more: int) -> Response:
    return _with_status(202, {"status": status, "message": message, **more})


def _with_status(status: int, body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response
