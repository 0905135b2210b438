"""Fleet control over HTTP, for admins: pause and resume, purge a queue, drain and resume a worker."""

from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy import Connection

from api_service.fleet.queries import WorkerView, list_queues, list_workers_with_runs
from api_service.fleet.schema import (
    PauseRequestSchema,
    PausesSchema,
    PurgedSchema,
    PurgeSchema,
    ResumeSchema,
    WorkerSchema,
)
from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.dependencies import dependencies
from api_service.http.fields import is_plain
from api_service.http.problem import Fault, Problem, invalid, not_found
from api_service.identity import audit
from api_service.identity.scope import Scope, needs
from api_service.identity.who import current_identity
from shared.state.fleet import DrainResult, drain_worker, resume_worker
from shared.state.pause import Paused, pause, pauses, resume
from shared.state.purge import purge_step

blp = Blueprint("control", __name__, url_prefix=links.V1, description="Pausing the fleet and draining workers.")


def read_every_body() -> None:
    """Refuses a body of another media type than JSON."""
    # A body of another media type would be ignored, and a pause meant for one engine would pause all of them.
    if request.content_length and not request.is_json:
        raise Problem(415, "The body must be JSON, with Content-Type: application/json")


blp.before_request(read_every_body)


@blp.route("/fleet/pause", methods=["POST"])
@blp.arguments(PauseRequestSchema, required=False)
@blp.response(200, PausesSchema)
@blp.problems(415, 422)
@needs(Scope.ADMIN)
def pause_fleet(asked: dict[str, Any]) -> dict[str, list[Paused]]:
    """Pause the fleet or one engine: no new run starts; running ones continue, and submissions are accepted."""
    engine = asked.get("engine")
    with dependencies().database.transaction() as connection:
        _check_engine(connection, engine)
        pause(connection, engine, asked.get("reason"))
        audit.note(connection, "fleet.paused", _named(engine), reason=asked.get("reason"))
        return {"items": pauses(connection)}


@blp.route("/fleet/resume", methods=["POST"])
@blp.arguments(ResumeSchema, required=False)
@blp.response(200, PausesSchema)
@blp.problems(409, 415, 422)
@needs(Scope.ADMIN)
def resume_fleet(asked: dict[str, Any]) -> dict[str, list[Paused]]:
    """End the pause of one engine, or all pauses when no engine is given."""
    engine = asked.get("engine")
    with dependencies().database.transaction() as connection:
        _check_engine(connection, engine)
        resume(connection, engine)
        audit.note(connection, "fleet.resumed", _named(engine))
        left = pauses(connection)
        if engine is not None and any(paused.engine is None for paused in left):
            raise Problem(409, "The whole fleet is paused; resume it without naming an engine")
    dependencies().dispatch.poke()
    return {"items": left}


@blp.route("/queues/<engine>/purge", methods=["POST"])
@blp.arguments(PurgeSchema, required=False)
@blp.response(200, PurgedSchema)
@blp.problems(404, 415, 422)
@needs(Scope.ADMIN)
def purge(asked: dict[str, Any], engine: str) -> dict[str, Any]:
    """Cancel all queued runs of one engine, of all owners; running ones continue."""
    if not is_plain(engine):
        raise not_found("Queue")
    with dependencies().database.transaction() as connection:
        if engine not in known_engines(connection):
            raise not_found("Queue")
    if asked.get("confirm") != engine:
        raise invalid([Fault("confirm", f"must be {engine!r}, the engine whose queued runs are to be cancelled")])
    cancelled, after = 0, None
    while True:
        with dependencies().database.transaction() as connection:
            step = purge_step(connection, engine, after)
            if step.cancelled:
                # One entry per transaction: its time is that of the runs that it has cancelled.
                audit.note(connection, "queue.purged", f"queues/{engine}", runs=step.cancelled)
        if step.place is None:
            return {"engine": engine, "cancelled": cancelled}
        cancelled, after = cancelled + step.cancelled, step.place


@blp.route("/workers/<worker_id>/drain", methods=["POST"])
@blp.response(200, WorkerSchema)
@blp.problems(404, 409)
@needs(Scope.ADMIN)
def drain(worker_id: str) -> WorkerView:
    """Drain a worker: it finishes its current runs, takes no new ones and stays idle."""
    return _tell(drain_worker, worker_id, "worker.drained")


@blp.route("/workers/<worker_id>/resume", methods=["POST"])
@blp.response(200, WorkerSchema)
@blp.problems(404, 409)
@needs(Scope.ADMIN)
def take_back(worker_id: str) -> WorkerView:
    """End the draining of a worker: it takes runs again."""
    return _tell(resume_worker, worker_id, "worker.resumed")


def _tell(what: Callable[..., DrainResult], worker_id: str, action: str) -> WorkerView:
    if not is_plain(worker_id):
        raise not_found("Worker")
    with dependencies().database.transaction() as connection:
        drained = what(connection, worker_id, lease=dependencies().lease)
        if drained is DrainResult.ACCEPTED:
            audit.note(connection, action, f"workers/{worker_id}")
        found = list_workers_with_runs(connection, current_identity(), lease=dependencies().lease, worker_id=worker_id)
    if drained is DrainResult.UNKNOWN or not found:
        raise not_found("Worker")
    if drained is DrainResult.GONE:
        raise Problem(409, f"The worker hears nothing any more: {found[0].status}")
    return found[0]


def _named(engine: str | None) -> str:
    return "fleet" if engine is None else f"fleet/{engine}"


def _check_engine(connection: Connection, engine: str | None) -> None:
    known = known_engines(connection)
    if engine is not None and engine not in known:
        raise invalid([Fault("engine", f"must be one of {', '.join(known)}")])


def known_engines(connection: Connection) -> list[str]:
    """Returns the engines that have a queue."""
    queues = list_queues(connection, dependencies().settings.engines, lease=dependencies().lease)
    return [queue.engine for queue in queues]
