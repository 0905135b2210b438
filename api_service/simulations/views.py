"""Simulations over HTTP: submit, list, read, change, delete, cancel, retry."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from sqlalchemy import Connection

from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.cursor import Page
from api_service.http.dependencies import dependencies
from api_service.http.problem import Fault, Problem, invalid, not_found
from api_service.identity import audit
from api_service.identity.rights import check_priority
from api_service.identity.visible import sees_simulation
from api_service.identity.who import PARAMETER, current_identity
from api_service.runs.queries import RunView
from api_service.runs.schema import RunPageSchema, RunQuery
from api_service.runs.sorted_queries import find_runs
from api_service.runs.views import filled_page
from api_service.simulations.filter import SimulationFilter
from api_service.simulations.queries import (
    SimulationView,
    list_simulations,
    read_detail,
    read_simulation,
)
from api_service.simulations.remove import Removed, remove_simulation
from api_service.simulations.schema import (
    SimulationChangeSchema,
    SimulationDetailSchema,
    SimulationPageSchema,
    SimulationQuery,
    SimulationSchema,
)
from api_service.submission import idempotency
from api_service.submission.accept import accept
from api_service.submission.caps import queueing
from api_service.submission.dry_run import try_submission
from api_service.submission.dry_run_schema import DryRunSchema, SubmissionQuery
from api_service.submission.form import FORM
from api_service.submission.request import check_media_type, read_submission
from api_service.submission.schema import SubmissionSchema
from shared.state.cancel import Cancelled, cancel_simulation, withdraw_others
from shared.state.hold import Changed, hold_simulation, release_simulation
from shared.state.priority import change_priority
from shared.state.retry import Retried, retry_failed

blp = Blueprint("simulations", __name__, url_prefix=f"{links.V1}/simulations", description="What users submit.")

LOCATION = {"Location": {"description": "Address of the simulation.", "schema": {"type": "string"}}}
BODY = {"required": True, "content": {"multipart/form-data": FORM, "application/json": {"schema": SubmissionSchema}}}


def _check_media_type() -> None:
    if request.endpoint == f"{blp.name}.submit":
        check_media_type()


blp.before_request(_check_media_type)


@blp.route("", methods=["POST"])
@blp.doc(requestBody=BODY, parameters=[PARAMETER, idempotency.PARAMETER])
@blp.arguments(SubmissionQuery, location="query")
@blp.response(201, SimulationDetailSchema, headers={**LOCATION, **idempotency.REPLAYED})
@blp.alt_response(200, schema=DryRunSchema, description="With `dry_run`: what the submission would make.")
@blp.problems(400, 409, 413, 415, 422)
def submit(query: dict[str, Any]) -> tuple[SimulationView, int, dict[str, str]] | Response:
    """Submit models and weather files, uploaded or named by hash.

    Every model is run with every weather file and every variant; `sampling` says which variants there are. Where a
    parameter varies the weather file or the model, each variant has its own.
    With `dry_run=true` nothing is stored and queued: the answer says what the submission would make, and what it would
    refuse about each file.
    """
    submission = read_submission(dependencies(), current_identity())
    if query["dry_run"]:
        tried = try_submission(dependencies(), submission, with_geometry=query["geometry"])
        return jsonify(DryRunSchema().dump(tried))
    submitted = accept(dependencies(), submission)
    with dependencies().database.transaction() as connection:
        simulation = read_detail(connection, submitted.simulation_id, current_identity())
    if simulation is None:
        raise Problem(409, f"The simulation that was submitted with this {idempotency.HEADER} has been deleted")
    again = {} if submitted.is_new else {idempotency.REPLAYED_HEADER: "true"}
    return simulation, 201, {"Location": links.simulation(submitted.simulation_id), **again}


@blp.route("", endpoint="list")
@blp.arguments(SimulationQuery, location="query")
@blp.response(200, SimulationPageSchema)
def list_all(query: dict[str, Any]) -> Page[SimulationView]:
    """List simulations, newest first unless `sort` says otherwise."""
    paging = {name: query.pop(name) for name in ("sort", "limit", "cursor")}
    with dependencies().database.transaction() as connection:
        return list_simulations(connection, SimulationFilter(**query), current_identity(), **paging)


@blp.route("/<uuid:simulation_id>")
@blp.response(200, SimulationDetailSchema)
@blp.problems(404)
def read(simulation_id: UUID) -> SimulationView:
    """Read a simulation."""
    with dependencies().database.transaction() as connection:
        return _there(read_detail(connection, simulation_id, current_identity()))


@blp.route("/<uuid:simulation_id>", methods=["PATCH"])
@blp.arguments(SimulationChangeSchema)
@blp.response(200, SimulationSchema)
@blp.problems(404, 409, 422)
def change(asked: dict[str, Any], simulation_id: UUID) -> SimulationView:
    """Change the priority of a simulation that has not ended, or hold and release its queued runs."""
    with dependencies().database.transaction() as connection:
        _seen(connection, simulation_id)
        if not asked:
            raise invalid([Fault("", "must have priority or hold")])
        if "priority" in asked:
            check_priority(current_identity(), asked["priority"])
        for name, detail, apply in _changes(asked):
            if apply(connection, simulation_id) is not Changed.ACCEPTED:
                raise Problem(409, "The simulation has already ended")
            audit.note(connection, name, _thing(simulation_id), **detail)
        simulation = _there(read_simulation(connection, simulation_id, current_identity()))
    dependencies().dispatch.poke()
    return simulation


def _changes(asked: dict[str, Any]) -> Iterator[tuple[str, dict[str, str], Callable[[Connection, UUID], Changed]]]:
    """Yields the changes, each with its name and its detail in the audit log."""
    if (priority := asked.get("priority")) is not None:
        yield "simulation.priority_changed", {"priority": priority.word}, partial(change_priority, priority=priority)
    if (hold := asked.get("hold")) is not None:
        yield (
            "simulation.held" if hold else "simulation.released",
            {},
            hold_simulation if hold else release_simulation,
        )


@blp.route("/<uuid:simulation_id>", methods=["DELETE"])
@blp.response(204, description="Deleted; its runs and files are gone with it.")
@blp.problems(404, 409)
def delete(simulation_id: UUID) -> Response:
    """Delete a simulation that has ended."""
    with dependencies().database.transaction() as connection:
        _seen(connection, simulation_id)
        removed = remove_simulation(connection, simulation_id)
        if removed is Removed.UNKNOWN:
            raise not_found("Simulation")
        if removed is Removed.NOT_ENDED:
            raise Problem(409, "The simulation has not ended; cancel it first")
        audit.note(connection, "simulation.deleted", _thing(simulation_id))
    return Response(status=204)


@blp.route("/<uuid:simulation_id>/runs")
@blp.arguments(RunQuery, location="query")
@blp.response(200, RunPageSchema)
@blp.problems(404)
def runs(query: dict[str, Any], simulation_id: UUID) -> Page[RunView]:
    """List the runs of a simulation, by index unless `sort` says otherwise."""
    with dependencies().database.transaction() as connection:
        _seen(connection, simulation_id)
        page = find_runs(connection, {**query, "simulation_id": simulation_id}, current_identity())
    return filled_page(page)


@blp.route("/<uuid:simulation_id>/cancel", methods=["POST"])
@blp.response(200, SimulationSchema)
@blp.problems(404, 409)
def cancel(simulation_id: UUID) -> SimulationView:
    """Cancel all runs that have not ended; those that are running end within seconds."""
    with dependencies().database.transaction() as connection:
        _seen(connection, simulation_id)
        if cancel_simulation(connection, simulation_id) is Cancelled.ALREADY_ENDED:
            raise Problem(409, "The simulation has already ended")
        audit.note(connection, "simulation.cancelled", _thing(simulation_id))
    withdraw_others(dependencies().database, simulation_id)
    with dependencies().database.transaction() as connection:
        return _there(read_simulation(connection, simulation_id, current_identity()))


@blp.route("/<uuid:simulation_id>/retry", methods=["POST"])
@blp.response(200, SimulationSchema)
@blp.problems(404, 409, 422)
def retry(simulation_id: UUID) -> SimulationView:
    """Run the failed runs of an ended simulation again."""
    with dependencies().database.transaction() as connection:
        _seen(connection, simulation_id)
        with queueing():
            retried = retry_failed(connection, simulation_id, max_queued=dependencies().settings.owner_queued_runs)
        if retried is Retried.NOT_ENDED:
            raise Problem(409, "The simulation has not ended yet")
        if retried is Retried.NOTHING_FAILED:
            raise Problem(409, "No run of the simulation has failed")
        audit.note(connection, "simulation.retried", _thing(simulation_id))
        simulation = _there(read_simulation(connection, simulation_id, current_identity()))
    dependencies().dispatch.poke()
    return simulation


def _seen(connection: Connection, simulation_id: UUID) -> None:
    # Called before every verb of `shared.state`, because the verbs do not check the owner.
    if not sees_simulation(connection, simulation_id, current_identity()):
        raise not_found("Simulation")


def _thing(simulation_id: UUID) -> str:
    return f"simulations/{simulation_id}"


def _there(simulation: SimulationView | None) -> SimulationView:
    if simulation is None:
        raise not_found("Simulation")
    return simulation
