"""Queries of runs with results, first messages and files: a fixed number of statements for any number of runs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Select, and_, lateral, or_, select, true, tuple_

from api_service.http import links
from api_service.http.cursor import Page, decode, encode, page
from api_service.identity.visible import visible, visible_one
from api_service.identity.who import Identity
from api_service.runs.design_queries import design_keys
from api_service.runs.filter import RunFilter
from api_service.runs.message_queries import MessageView, first_messages
from shared.db.tables import Result, Run, RunFile, Simulation

#: Sort key of lists of runs.
KEY = ("created_at", "simulation_id", "index")


@dataclass(frozen=True, slots=True)
class ErrorView:
    """Why a run has no result."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FileView:
    """One output file."""

    run_id: UUID
    name: str
    size: int
    sha256: str
    key: str

    @property
    def href(self) -> str:
        """URL of the file."""
        return links.run_file(self.run_id, self.name)


@dataclass(frozen=True, slots=True)
class RunLinks:
    """URLs that belong to a run."""

    self: str
    simulation: str
    messages: str
    attempts: str
    log: str
    cancel: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One run as the API shows it; `Designs` fills in its parameters when they are in the file `design`."""

    id: UUID
    simulation_id: UUID
    index: int
    model: str
    weather: str
    parameters: Mapping[str, Any] | None
    variant: int | None
    design: str | None
    engine: str
    status: str
    verdict: str | None
    progress: int
    message: str
    attempt: int
    max_attempts: int
    held_reason: str | None
    worker: str | None
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    cancel_requested_at: datetime | None
    error: ErrorView | None
    messages: Sequence[MessageView]
    files: Sequence[FileView]
    metrics: Mapping[str, Any] | None

    @property
    def is_baseline(self) -> bool:
        """Whether the model runs as it is, in a simulation that has variants."""
        return self.variant is None and self.design is not None

    @property
    def seconds(self) -> float | None:
        """How long the last attempt took; None when the run has not started, or has not ended."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()

    @property
    def links(self) -> RunLinks:
        """URLs that belong to the run."""
        address = links.run(self.id)
        own = (f"{address}/{name}" for name in ("messages", "attempts", "log", "cancel"))
        return RunLinks(address, links.simulation(self.simulation_id), *own)


def read_run(connection: Connection, run_id: UUID, identity: Identity) -> RunView | None:
    """Returns a run; None when it does not exist or the requester may not see it."""
    rows = connection.execute(_statement(identity).where(Run.id == run_id)).mappings().all()
    return next(iter(_views(connection, rows)), None)


def list_runs(
    connection: Connection, wanted: RunFilter, identity: Identity, *, limit: int, cursor: str | None
) -> Page[RunView]:
    """Returns up to `limit` runs that the requester may see: newest simulation first, then by index.

    Raises Problem for an invalid cursor.
    """
    newest_first = (Simulation.created_at.desc(), Simulation.id.desc())
    there = visible(identity) if wanted.simulation_id is None else visible_one(identity)
    here = select(Simulation.id, Simulation.created_at).where(there, *wanted.of_simulation())
    runs = select(Run.__table__, Result.metrics).outerjoin(Result, Result.run_id == Run.id).where(*wanted.of_run())
    if cursor is not None:
        created_at, simulation_id, index = decode(cursor, "runs", datetime, UUID, int)
        here = here.where(tuple_(Simulation.created_at, Simulation.id) <= (created_at, simulation_id))
        runs = runs.where(or_(Run.simulation_id != simulation_id, Run.index > index))
    # The lateral join reads at most one page of runs per simulation. Every simulation, except that of the cursor, has a
    # run after the cursor. So without a condition on runs, limit + 2 simulations are enough; without this limit,
    # Postgres may sort all simulations.
    most = limit + 2 if not wanted.of_run() else None
    ordered = here.order_by(*newest_first).limit(most).subquery("ordered")
    own = lateral(runs.where(Run.simulation_id == ordered.c.id).order_by(Run.index).limit(limit + 1)).alias("own")
    statement = (
        select(own, ordered.c.created_at)
        .select_from(ordered)
        .join(own, true())
        .order_by(ordered.c.created_at.desc(), ordered.c.id.desc(), own.c.index)
        .limit(limit + 1)
    )
    rows, more = page(connection.execute(statement).mappings().all(), limit)
    return Page(_views(connection, rows), encode("runs", *(rows[-1][name] for name in KEY)) if more else None)


def list_running(
    connection: Connection, wanted: RunFilter, identity: Identity, *, limit: int, cursor: str | None
) -> Page[RunView]:
    """Returns the same list of running runs, which are all read: there is at most one per slot of the fleet."""
    columns = (Run.__table__, Result.metrics)
    running = select(*columns).outerjoin(Result, Result.run_id == Run.id).where(*wanted.of_run())
    active = running.cte("active").prefix_with("MATERIALIZED")
    statement = (
        select(active, Simulation.created_at)
        .join(Simulation, Simulation.id == active.c.simulation_id)
        .where(visible_one(identity), *wanted.of_simulation())
        .order_by(Simulation.created_at.desc(), Simulation.id.desc(), active.c.index)
    )
    if cursor is not None:
        created_at, simulation_id, index = decode(cursor, "runs", datetime, UUID, int)
        position = tuple_(Simulation.created_at, Simulation.id)
        behind = and_(Simulation.id == simulation_id, active.c.index > index)
        statement = statement.where(or_(position < (created_at, simulation_id), behind))
    rows, more = page(connection.execute(statement.limit(limit + 1)).mappings().all(), limit)
    return Page(_views(connection, rows), encode("runs", *(rows[-1][name] for name in KEY)) if more else None)


def read_runs(connection: Connection, ids: Sequence[UUID], identity: Identity) -> list[RunView]:
    """Returns the runs of `ids` that the requester may see, in this order."""
    rows = connection.execute(_statement(identity).where(Run.id.in_(ids))).mappings().all()
    found = {run.id: run for run in _views(connection, rows)}
    return [found[run_id] for run_id in ids if run_id in found]


def _statement(identity: Identity) -> Select[Any]:
    return (
        select(Run.__table__, Simulation.created_at, Result.metrics)
        .join(Simulation, Simulation.id == Run.simulation_id)
        .outerjoin(Result, Result.run_id == Run.id)
        .where(visible_one(identity))
    )


def _views(connection: Connection, rows: Sequence[RowMapping]) -> list[RunView]:
    ids = [row["id"] for row in rows]
    messages, files = first_messages(connection, ids), _files(connection, ids)
    designs = design_keys(connection, {row["simulation_id"] for row in rows})
    return [_view(row, messages[row["id"]], files[row["id"]], designs.get(row["simulation_id"])) for row in rows]


def _files(connection: Connection, ids: Collection[UUID]) -> dict[UUID, list[FileView]]:
    found: dict[UUID, list[FileView]] = defaultdict(list)
    statement = select(RunFile.__table__).where(RunFile.run_id.in_(ids)).order_by(RunFile.name)
    for row in connection.execute(statement).mappings():
        found[row["run_id"]].append(FileView(row["run_id"], row["name"], row["size"], row["sha256"], row["key"]))
    return found


def _view(row: RowMapping, messages: Sequence[MessageView], files: Sequence[FileView], design: str | None) -> RunView:
    # The error of a failed attempt stays in the row while the run waits for the next attempt.
    error = ErrorView(row["error_code"], row["error_message"]) if row["error_code"] is not None else None
    same = (
        "id simulation_id index model weather parameters variant engine status verdict progress message attempt "
        "max_attempts held_reason queued_at started_at ended_at cancel_requested_at metrics"
    )
    return RunView(
        **{name: row[name] for name in same.split()},
        design=design,
        worker=row["worker_id"],
        error=error,
        messages=messages,
        files=files,
    )
