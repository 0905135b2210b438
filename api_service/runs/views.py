"""Runs over HTTP: list, read, explain, messages, attempts, cancel."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.cursor import Page
from api_service.http.dependencies import dependencies
from api_service.http.paging import PageQuery
from api_service.http.problem import Problem, not_found
from api_service.identity import audit
from api_service.identity.visible import sees_run
from api_service.identity.who import current_identity
from api_service.runs.attempt_queries import AttemptView, list_attempts
from api_service.runs.message_queries import MessageView, list_messages
from api_service.runs.queries import RunView, read_run
from api_service.runs.schema import (
    AllRunsQuery,
    AttemptPageSchema,
    MessagePageSchema,
    MessageQuery,
    RunPageSchema,
    RunSchema,
    WhySchema,
)
from api_service.runs.sorted_queries import find_runs
from api_service.runs.why import Reason, WhyView, of_cancelled, of_failed, of_queued, of_running
from api_service.runs.why_queries import read_canceller, read_queue, read_subject
from shared.enums import Status
from shared.state.cancel import Cancelled, cancel_run

blp = Blueprint("runs", __name__, url_prefix=f"{links.V1}/runs", description="EnergyPlus executions.")


@blp.route("")
@blp.arguments(AllRunsQuery, location="query")
@blp.response(200, RunPageSchema)
def list_all(query: dict[str, Any]) -> Page[RunView]:
    """List runs of all simulations."""
    with dependencies().database.transaction() as connection:
        page = find_runs(connection, query, current_identity())
    return filled_page(page)


@blp.route("/<uuid:run_id>")
@blp.response(200, RunSchema)
@blp.problems(404)
def read(run_id: UUID) -> RunView:
    """Read a run with its result."""
    with dependencies().database.transaction() as connection:
        run = found(connection, run_id)
    return _filled(run)


@blp.route("/<uuid:run_id>/why")
@blp.response(200, WhySchema)
@blp.problems(404)
def why(run_id: UUID) -> WhyView:
    """Explain why a run is not running, or has not succeeded."""
    with dependencies().database.transaction() as connection:
        run = read_subject(connection, run_id, current_identity())
        if run is None:
            raise not_found("Run")
        return WhyView(run.status, list(_reasons(connection, run)))


def _reasons(connection: Connection, run: Row[Any]) -> Iterator[Reason]:
    match run.status:
        case Status.QUEUED:
            facts = read_queue(connection, run, lease=dependencies().lease)
            yield from of_queued(run, facts, owner_runs=dependencies().settings.owner_running_runs)
        case Status.RUNNING:
            yield of_running(run)
        case Status.CANCELLED:
            yield of_cancelled(run, read_canceller(connection, run))
        case Status.FAILED:
            yield of_failed(run)


@blp.route("/<uuid:run_id>/messages")
@blp.arguments(MessageQuery, location="query")
@blp.response(200, MessagePageSchema)
@blp.problems(404)
def messages(query: dict[str, Any], run_id: UUID) -> Page[MessageView]:
    """List what EnergyPlus said, most severe first."""
    with dependencies().database.transaction() as connection:
        return list_messages(connection, found(connection, run_id).id, **query)


@blp.route("/<uuid:run_id>/attempts")
@blp.arguments(PageQuery, location="query")
@blp.response(200, AttemptPageSchema)
@blp.problems(404)
def attempts(query: dict[str, Any], run_id: UUID) -> Page[AttemptView]:
    """List what happened to each try at a run, the last one first."""
    with dependencies().database.transaction() as connection:
        if not sees_run(connection, run_id, current_identity()):
            raise not_found("Run")
        return list_attempts(connection, run_id, **query)


@blp.route("/<uuid:run_id>/cancel", methods=["POST"])
@blp.response(200, RunSchema)
@blp.problems(404, 409)
def cancel(run_id: UUID) -> RunView:
    """Cancel a run; the others of its simulation go on."""
    with dependencies().database.transaction() as connection:
        if not sees_run(connection, run_id, current_identity()):
            raise not_found("Run")
        cancelled = cancel_run(connection, run_id)
        run = found(connection, run_id)
        if cancelled is Cancelled.ALREADY_ENDED:
            raise Problem(409, f"The run has already ended: {run.status}")
        audit.note(connection, "run.cancelled", f"runs/{run_id}")
    return _filled(run)


def found(connection: Connection, run_id: UUID) -> RunView:
    """Returns a run. Raises Problem when it does not exist or the requester may not see it."""
    if (run := read_run(connection, run_id, current_identity())) is None:
        raise not_found("Run")
    return run


def filled_page(page: Page[RunView]) -> Page[RunView]:
    """Returns the page with the parameters of its runs. Raises StorageError."""
    return Page(dependencies().designs.fill(page.items), page.next_cursor)


def _filled(run: RunView) -> RunView:
    return dependencies().designs.fill([run])[0]
