"""Status and cancellation in the old contract, with its paths, keys, vocabulary and errors (`{"error": …}`)."""

from typing import Any

from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem
from api_service.http.problem_schema import LegacyErrorSchema
from api_service.identity import audit
from api_service.identity.visible import sees_simulation
from api_service.identity.who import current_identity
from api_service.legacy.blueprint import PREFIX, LegacyBlueprint, found, read_id
from api_service.legacy.queries import first_failure, summaries
from api_service.legacy.schema import LegacyStatusSchema, TaskCancelledSchema, TaskStatusSchema
from api_service.legacy.translation import CANCELLED_ERROR, translate
from shared.state.cancel import Cancelled, cancel_simulation, withdraw_others

blp = LegacyBlueprint("legacy", __name__, url_prefix=PREFIX, description="The contract of earlier clients.")


@blp.route("/task/<task_id>/status/", strict_slashes=False)
@blp.response(200, TaskStatusSchema)
@blp.alt_response(404, schema=LegacyErrorSchema)
def task_status(task_id: str) -> dict[str, Any]:
    """Read the status of a task, with its result or error once it has ended."""
    simulation_id = read_id(task_id, "Task")
    with dependencies().database.transaction() as connection:
        translated = translate(simulation := found(connection, simulation_id, "Task"))
        outcome: dict[str, Any] = {}
        runs = summaries(connection, simulation) if translated.state == "SUCCESS" else None
        if translated.state == "FAILURE":
            outcome["error"] = first_failure(connection, simulation)
    if runs is not None:
        outcome["result"] = [run.to_json() for run in dependencies().designs.fill(runs)]
    return {
        "task_id": task_id,
        "state": translated.state,
        "status": translated.status,
        "progress": translated.progress,
        "current": translated.progress,
        "total": 100,
        "message": translated.message,
        "simulation_id": simulation.id,
        "ready": translated.ready,
        "simulation_status": translated.status,
        "simulation_progress": translated.progress,
        **outcome,
    }


@blp.route("/<simulation_id>/status/", strict_slashes=False)
@blp.response(200, LegacyStatusSchema)
@blp.alt_response(404, schema=LegacyErrorSchema)
def simulation_status(simulation_id: str) -> dict[str, Any]:
    """Read the status of a simulation."""
    known = read_id(simulation_id, "Simulation")
    with dependencies().database.transaction() as connection:
        translated = translate(simulation := found(connection, known, "Simulation"))
        error = CANCELLED_ERROR if translated.state == "REVOKED" else None
        if translated.state == "FAILURE":
            error = first_failure(connection, simulation)
    return {
        "status": translated.page_status,
        "progress": translated.progress,
        "simulation_id": known,
        "error": error,
        "error_message": error,
    }


@blp.route("/task/<task_id>/cancel/", methods=["POST"], strict_slashes=False)
@blp.response(200, TaskCancelledSchema)
@blp.alt_response(404, schema=LegacyErrorSchema)
@blp.alt_response(409, schema=LegacyErrorSchema, description="The task has already ended.")
def cancel(task_id: str) -> dict[str, Any]:
    """Cancel a task: queued runs never start, running ones are killed."""
    simulation_id = read_id(task_id, "Task")
    with dependencies().database.transaction() as connection:
        if not sees_simulation(connection, simulation_id, current_identity()):
            raise Problem(404, "Task not found")
        cancelled = cancel_simulation(connection, simulation_id)
        if cancelled is Cancelled.UNKNOWN:
            raise Problem(404, "Task not found")
        if cancelled is Cancelled.ALREADY_ENDED:
            raise Problem(409, "Task has already ended; nothing was changed")
        audit.note(connection, "simulation.cancelled", f"simulations/{simulation_id}")
    withdraw_others(dependencies().database, simulation_id)
    return {"status": "cancelled", "task_id": task_id, "message": "Task cancellation requested"}
