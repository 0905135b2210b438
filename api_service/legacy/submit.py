"""Submission by the old contract: the form of the old page, with its field names and errors."""

from typing import Any

from flask import request

from api_service.http.archives import Unpacker
from api_service.http.dependencies import Dependencies, dependencies
from api_service.http.problem import Fault, Problem, invalid
from api_service.http.problem_schema import LegacyErrorSchema
from api_service.identity.rights import check_priority
from api_service.identity.who import PARAMETER, current_identity
from api_service.legacy.blueprint import PREFIX, LegacyBlueprint
from api_service.legacy.scenario import MODE, SCENARIO, read_sets
from api_service.legacy.schema import FORM, SubmittedSchema
from api_service.submission import idempotency
from api_service.submission.accept import Submission, accept
from api_service.submission.gather import gather
from api_service.submission.inputs import Candidate, listed, missing, none_in_archives
from api_service.submission.spec import InvalidSpec, Spec, plain_spec
from shared.enums import InputRole, Priority

#: The role of files in each field.
FIELDS = {"idf_files": InputRole.MODEL, "idf_files[]": InputRole.MODEL, "weather_file": InputRole.WEATHER}
TEXTS = ("name", "description", "priority", SCENARIO, MODE)
#: Options of the old page without an effect here: all runs of a simulation are parallel.
IGNORED = ("parallel", "batch_mode")

blp = LegacyBlueprint("legacy_submit", __name__, url_prefix=PREFIX, description="Submission by earlier clients.")


@blp.route("/run/", methods=["POST"], strict_slashes=False)
@blp.doc(
    requestBody={"required": True, "content": {"multipart/form-data": FORM}},
    parameters=[PARAMETER, idempotency.PARAMETER],
)
@blp.response(200, SubmittedSchema)
@blp.alt_response(400, schema=LegacyErrorSchema, description="A field is missing or a file is not accepted.")
@blp.alt_response(413, schema=LegacyErrorSchema, description="The body or the files are too large.")
@blp.alt_response(503, schema=LegacyErrorSchema, description="The library with the scenario cannot be read.")
@blp.alt_response(422, schema=LegacyErrorSchema, description="A header is not accepted.")
def run() -> dict[str, Any]:
    """Submit models with one weather file, with a scenario for each of its sets of constructions."""
    try:
        candidates = _files(dependencies())
        _check_fields()
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


def _files(of: Dependencies) -> list[Candidate]:
    unpacker = Unpacker(of.settings)
    candidates = [candidate for candidate in gather(unpacker, FIELDS) if candidate.is_sent]
    if unpacker.faults:
        raise invalid(unpacker.faults)
    if lacking := missing(candidates):
        raise Problem(400, f"Missing required files{none_in_archives(lacking[0], candidates)}")
    weather = [candidate.file.shown for candidate in candidates if candidate.role is InputRole.WEATHER]
    if len(weather) > 1:
        raise invalid([Fault("weather_file", f"must be one file; there are {listed(weather)}")])
    return candidates


def _check_fields() -> None:
    unknown = {*request.form} - {*FIELDS, *TEXTS, *IGNORED} | {*request.files} - FIELDS.keys()
    there = ", ".join([*FIELDS, *TEXTS, *IGNORED])
    if unknown:
        raise invalid([Fault(name, f"is not a field of a submission; there are {there}") for name in sorted(unknown)])


def _submission(candidates: list[Candidate], of: Dependencies) -> Submission:
    sets = read_sets(of, request.form.get(SCENARIO, ""), request.form.get(MODE, ""))
    return Submission(current_identity().owner, _spec(of).with_sets(sets), candidates)


def _spec(of: Dependencies) -> Spec:
    try:
        priority = Priority.parse(request.form.get("priority") or Priority.NORMAL.word)
    except ValueError as error:
        raise invalid([Fault("priority", str(error))]) from None
    check_priority(current_identity(), priority)
    try:
        name, description = request.form.get("name") or None, request.form.get("description", "")
        return plain_spec(of.settings, name=name, description=description, priority=priority)
    except InvalidSpec as error:
        raise invalid(error.faults) from None
