"""The four endpoints of the old contract, with its paths, keys, vocabulary and errors (`{"error": …}`)."""

from typing import Any

from flask import request

from api_service.http.archives import Unpacker
from api_service.http.dependencies import Dependencies, dependencies
from api_service.http.problem import Fault, Problem, invalid
from api_service.http.problem_schema import LegacyErrorSchema
from api_service.http.uploads import Spooled
from api_service.identity import audit
from api_service.identity.visible import sees_simulation
from api_service.identity.who import PARAMETER, current_identity
from api_service.legacy.blueprint import PREFIX, LegacyBlueprint, found, read_id
from api_service.legacy.queries import first_failure, summaries
from api_service.legacy.schema import (
    FORM,
    LegacyStatusSchema,
    SubmittedSchema,
    TaskCancelledSchema,
    TaskStatusSchema,
)
from api_service.legacy.translation import CANCELLED_ERROR, translate
from api_service.submission import idempotency
from api_service.submission.accept import Submission, accept
from api_service.submission.gather import gather
from api_service.submission.inputs import Candidate, listed, missing, none_in_archives
from api_service.submission.spec import InvalidSpec, Spec, plain_spec
from shared.enums import InputRole, Priority
from shared.state.cancel import Cancelled, cancel_simulation

#: The role of files in each field.
FIELDS = {"idf_files": InputRole.MODEL, "idf_files[]": InputRole.MODEL, "weather_file": InputRole.WEATHER}


blp = LegacyBlueprint("legacy", __name__, url_prefix=PREFIX, description="The contract of earlier clients.")


@blp.route("/run/", methods=["POST"], strict_slashes=False)
@blp.doc(
    requestBody={"required": True, "content": {"multipart/form-data": FORM}},
    parameters=[PARAMETER, idempotency.PARAMETER],
)
@blp.response(200, SubmittedSchema)
@blp.alt_response(400, schema=LegacyErrorSchema, description="A field is missing or a file is not accepted.")
@blp.alt_response(413, schema=LegacyErrorSchema, description="The body or the files are too large.")
@blp.alt_response(422, schema=LegacyErrorSchema, description="A header is not accepted.")
def run() -> dict[str, Any]:
    """Submit models with one weather file."""
    try:
        candidates = _files(dependencies())
        simulation_id = accept(dependencies(), _submission(candidates, dependencies())).simulation_id
    except idempotency.KeyReused:
        raise
    except Problem as problem:
        # Old clients expect status 400 for every invalid request.
        raise Problem(400, problem.detail, problem.faults) if problem.status == 422 else problem from None
    return {
        "simulation_id": simulation_id,
        "task_id": simulation_id,
        "message": "Simulation task queued successfully",
        "file_count": sum(candidate.role is InputRole.MODEL for candidate in candidates),
    }


@blp.route("/task/<task_id>/status/", strict_slashes=False)
@blp.response(200, TaskStatusSchema)
@blp.alt_response(404, schema=LegacyErrorSchema)
def task_status(task_id: str) -> dict[str, Any]:
    """Read the status of a task, with its result or error once it has ended."""
    simulation_id = read_id(task_id, "Task")
    with dependencies().database.transaction() as connection:
        translated = translate(simulation := found(connection, simulation_id, "Task"))
        outcome: dict[str, Any] = {}
        if translated.state == "SUCCESS":
            outcome["result"] = summaries(connection, simulation)
        elif translated.state == "FAILURE":
            outcome["error"] = first_failure(connection, simulation)
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
    return {"status": "cancelled", "task_id": task_id, "message": "Task cancellation requested"}


def _files(of: Dependencies) -> list[Candidate]:
    unpacker = Unpacker(of.settings)
    candidates = [candidate for candidate in gather(unpacker, FIELDS) if _is_sent(candidate.file)]
    if unpacker.faults:
        raise invalid(unpacker.faults)
    if lacking := missing(candidates):
        raise Problem(400, f"Missing required files{none_in_archives(lacking[0], candidates)}")
    weather = [candidate.file.shown for candidate in candidates if candidate.role is InputRole.WEATHER]
    if len(weather) > 1:
        raise invalid([Fault("weather_file", f"must be one file; there are {listed(weather)}")])
    return candidates


def _is_sent(file: Spooled) -> bool:
    # A browser sends a file field that was left empty as a part without name and content.
    return bool(file.name or file.size)


def _submission(candidates: list[Candidate], of: Dependencies) -> Submission:
    return Submission(current_identity().owner, _spec(of), candidates)


def _spec(of: Dependencies) -> Spec:
    try:
        priority = Priority.parse(request.form.get("priority") or Priority.NORMAL.word)
    except ValueError as error:
        raise invalid([Fault("priority", str(error))]) from None
    try:
        name, description = request.form.get("name") or None, request.form.get("description", "")
        return plain_spec(of.settings, name=name, description=description, priority=priority)
    except InvalidSpec as error:
        raise invalid(error.faults) from None
