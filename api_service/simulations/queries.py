"""Queries of simulations: one statement reads a simulation and its counts, so that the numbers are consistent."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select, true, tuple_

from api_service.http import links
from api_service.http.cursor import Page, decode, encode, sift
from api_service.http.paging import MOST_LOOKED_AT
from api_service.identity.visible import visible, visible_one
from api_service.identity.who import Identity
from api_service.simulations.filter import SimulationFilter
from api_service.simulations.parts import BreakerView, SimulationLinks
from api_service.simulations.time_left import Pace, time_left
from api_service.simulations.time_left_queries import read_paces
from shared.db.conditions import checked
from shared.db.tables import Artifact, Run, Simulation, SimulationInput
from shared.enums import InputRole, Priority, Status
from shared.estimates.duration import Quantiles
from shared.state.ledger import Counts

NEWEST_FIRST = "-created"


@dataclass(frozen=True, slots=True)
class InputView:
    """An input file of a simulation."""

    role: str
    name: str
    sha256: str
    size: int

    @property
    def href(self) -> str:
        """URL of the file."""
        return links.artifact(self.sha256)


@dataclass(frozen=True, slots=True)
class SimulationView:
    """A simulation; `progress` is in percent of all runs, only `read_details` fills `inputs` and `time_left`."""

    id: UUID
    name: str
    description: str
    owner: str
    status: Status
    priority: Priority
    progress: int
    counts: Counts
    round: int
    engines: Sequence[str]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    cancel_requested_at: datetime | None
    held_at: datetime | None
    circuit_breaker: BreakerView | None
    waits_for: UUID | None
    dependency_error: str | None
    spec: Mapping[str, Any]
    limits: Mapping[str, float]
    correlation_id: str
    inputs: Sequence[InputView] = ()
    time_left: Quantiles | None = None

    @property
    def task_id(self) -> UUID:
        """The name of `id` in the old contract."""
        return self.id

    @property
    def ended(self) -> int:
        """Number of runs that have ended."""
        return self.counts.succeeded + self.counts.failed + self.counts.cancelled

    @property
    def links(self) -> SimulationLinks:
        """URLs that belong to the simulation."""
        address = links.simulation(self.id)
        return SimulationLinks(address, f"{address}/runs", f"{address}/cancel", f"{address}/retry")


def percent(total: int, ended: int, running_progress: int) -> int:
    """Returns the progress of `total` runs in percent, rounded down.

    `running_progress` is the sum of the progress of the running ones, 0-99 each.
    """
    return (100 * ended + running_progress) // total


def read_simulation(connection: Connection, simulation_id: UUID, identity: Identity) -> SimulationView | None:
    """Returns a simulation; None when it does not exist or the requester may not see it."""
    one = _statement(visible_one(identity)).where(Simulation.id == simulation_id)
    row = connection.execute(one).mappings().one_or_none()
    return None if row is None else _view(row)


def read_followed(connection: Connection, simulation_ids: Collection[UUID]) -> list[SimulationView]:
    """Returns simulations that their requesters have been found to see, which stays true; without deleted ones."""
    there = _statement(checked(Simulation.deleted_at.is_(None))).where(Simulation.id.in_(simulation_ids))
    return [_view(row) for row in connection.execute(there).mappings()]


def read_detail(connection: Connection, simulation_id: UUID, identity: Identity) -> SimulationView | None:
    """Returns a simulation with its input files, sorted by role and name; None as in `read_simulation`."""
    return next(iter(read_details(connection, [simulation_id], identity)), None)


def read_details(connection: Connection, ids: Collection[UUID], identity: Identity) -> list[SimulationView]:
    """Returns those simulations of `ids` that the requester may see, with their input files and the time left."""
    some = _statement(visible_one(identity)).where(Simulation.id.in_(ids))
    simulations = [_view(row) for row in connection.execute(some).mappings()]
    # A join could begin with the files, and read all simulations that use one of them.
    size = select(Artifact.size).where(Artifact.sha256 == SimulationInput.sha256).scalar_subquery()
    rows = connection.execute(
        select(
            *(SimulationInput.simulation_id, SimulationInput.role, SimulationInput.name, SimulationInput.sha256),
            size.label("size"),
        )
        .where(
            SimulationInput.simulation_id.in_([simulation.id for simulation in simulations]),
            # Made by the submission; clients show what was given to it.
            SimulationInput.role != InputRole.DESIGN.value,
        )
        .order_by(SimulationInput.role, SimulationInput.name)
    )
    inputs: dict[UUID, list[InputView]] = defaultdict(list)
    for row in rows:
        inputs[row.simulation_id].append(InputView(row.role, row.name, row.sha256, row.size))
    going_on = [simulation.id for simulation in simulations if simulation.started_at and not simulation.ended_at]
    paces = read_paces(connection, going_on)
    return [
        replace(one, inputs=inputs[one.id], time_left=_time_left(one, paces[one.id]) if one.id in paces else None)
        for one in simulations
    ]


def list_simulations(
    connection: Connection,
    wanted: SimulationFilter,
    identity: Identity,
    *,
    sort: str = NEWEST_FIRST,
    limit: int,
    cursor: str | None,
) -> Page[SimulationView]:
    """Returns up to `limit` visible simulations by creation. Raises Problem for an invalid cursor.

    A search in names looks at MOST_LOOKED_AT simulations and returns a cursor to where it has stopped looking.
    """
    falling = sort == NEWEST_FIRST
    kind = "simulations" if falling else "simulations+"
    order = (Simulation.created_at, Simulation.id)
    statement = select(*order, wanted.by_name().label("wanted")).where(visible(identity), *wanted.by_index())
    if cursor is not None:
        position, key = tuple_(*order), decode(cursor, kind, datetime, UUID)
        statement = statement.where(position < key if falling else position > key)
    most = limit + 1 if wanted.name is None else MOST_LOOKED_AT
    rows = connection.execute(statement.order_by(*(key.desc() if falling else key for key in order)).limit(most)).all()
    shown, last = sift(rows, limit, most)
    views = _read(connection, [row.id for row in shown], identity)
    return Page(views, None if last is None else encode(kind, last.created_at, last.id))


def _read(connection: Connection, ids: Sequence[UUID], identity: Identity) -> list[SimulationView]:
    rows = connection.execute(_statement(visible_one(identity)).where(Simulation.id.in_(ids))).mappings()
    found = {row["id"]: _view(row) for row in rows}
    return [found[number] for number in ids if number in found]


def _statement(there: ColumnElement[bool]) -> Select[Any]:
    # All running runs, at most as many as the fleet has slots. With a condition on the simulation, Postgres may read
    # all waiting runs of the simulation instead.
    active = (
        select(Run.simulation_id, Run.progress)
        .where(Run.status == Status.RUNNING.value)
        .cte("active")
        .prefix_with("MATERIALIZED")
    )
    running = (
        select(func.count().label("running"), func.coalesce(func.sum(active.c.progress), 0).label("running_progress"))
        .where(active.c.simulation_id == Simulation.id)
        .lateral("running")
    )
    return (
        select(Simulation.__table__, running.c.running, running.c.running_progress).join(running, true()).where(there)
    )


def _time_left(simulation: SimulationView, pace: Pace) -> Quantiles | None:
    """The time left; None while queued runs are held, because the time of their release is not known."""
    queued, is_held = simulation.counts.queued, simulation.held_at is not None or simulation.circuit_breaker is not None
    return None if is_held and queued else time_left(queued, pace)


def _view(row: RowMapping) -> SimulationView:
    ended = row["succeeded"] + row["failed"] + row["cancelled"]
    counts = Counts(
        total=row["total"],
        queued=row["total"] - ended - row["running"],
        running=row["running"],
        succeeded=row["succeeded"],
        failed=row["failed"],
        cancelled=row["cancelled"],
    )
    return SimulationView(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        owner=row["owner"],
        status=Status(row["status"]),
        priority=Priority(row["priority"]),
        progress=percent(counts.total, ended, row["running_progress"]),
        counts=counts,
        round=row["round"],
        engines=row["spec"].get("engines", []),
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        cancel_requested_at=row["cancel_requested_at"],
        held_at=row["held_at"],
        circuit_breaker=BreakerView.of(row["breaker_opened_at"], row["breaker_cause"], ended_at=row["ended_at"]),
        waits_for=row["waits_for"],
        dependency_error=row["dependency_error"],
        spec=row["spec"],
        limits={"soft_seconds": row["soft_limit_seconds"], "hard_seconds": row["hard_limit_seconds"]},
        correlation_id=row["correlation_id"],
    )
