"""Claim of a run by a worker: a compare-and-set update, which only one worker can win, starts the next attempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, exists, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.conditions import checked
from shared.db.tables import Artifact, Attempt, Run, Simulation, SimulationInput
from shared.enums import InputRole, Status
from shared.spec import StudySpec
from shared.state.breaker import hold_again
from shared.state.caps import may_start
from shared.state.pause import paused
from shared.state.publication import take_back
from shared.state.transitions import BEGIN, CLAIM
from shared.state.writer import move, move_simulation, stands_at


@dataclass(frozen=True, slots=True)
class ClaimedInput:
    """One input file of a claimed run, with its key in the store."""

    role: InputRole
    name: str
    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed run, with everything a worker needs for the attempt.

    `attempt` is the fencing token. `ready_at` is the time from which the run could have started.
    """

    run_id: UUID
    simulation_id: UUID
    attempt: int
    charged: int
    max_attempts: int
    engine: str
    #: Values of the parameters; None when they are row `variant` of `design`.
    parameters: Mapping[str, Any] | None
    spec: StudySpec
    correlation_id: str
    owner: str
    soft_limit_seconds: float
    hard_limit_seconds: float
    deadline_at: datetime
    ready_at: datetime
    model: ClaimedInput
    weather: ClaimedInput
    files: tuple[ClaimedInput, ...]
    variant: int | None = None
    design: ClaimedInput | None = None


def claim(
    connection: Connection,
    run_id: UUID,
    simulation_id: UUID,
    *,
    worker_id: str,
    lease: timedelta,
    margin: timedelta,
    owner_runs: int = 0,
) -> Claimed | None:
    """Start the next attempt at a run; None when the run is not queued, does not exist, or may not start now.

    A run may not start while it is held, the circuit breaker of its simulation is open, its engine is paused, or its
    owner has `owner_runs` running runs (0: no limit). `lease` is the duration of the lease. The attempt's absolute
    deadline is the simulation's hard limit plus `margin`, the time for everything except the engine.
    """
    if not may_start(connection, simulation_id, owner_runs):
        _put_aside(connection, run_id)
        return None
    # The simulation's row is locked before the run's, as everywhere. If it is running already it is not locked at all.
    move_simulation(
        connection,
        BEGIN,
        simulation_id,
        exists().where(
            Run.id == run_id,
            stands_at(Status.QUEUED),
            Run.not_before <= func.now(),
            ~paused(Run.engine),
        ),
        values={"started_at": func.coalesce(Simulation.started_at, func.now())},
    )
    simulation = connection.execute(select(*_READ).where(Simulation.id == simulation_id)).one_or_none()
    if simulation is None or simulation.cancel_requested_at is not None:
        return None
    if simulation.breaker_opened_at is not None:
        hold_again(connection, simulation_id, run_id)
        _put_aside(connection, run_id)
        return None
    moved = move(
        connection,
        CLAIM,
        Run.id == run_id,
        checked(Run.simulation_id == simulation_id),
        Run.not_before <= func.now(),
        Run.charged < Run.max_attempts,
        ~paused(Run.engine),
        values={
            "attempt": Run.attempt + 1,
            "charged": Run.charged + 1,
            "worker_id": worker_id,
            "lease_expires_at": func.now() + lease,
            "deadline_at": func.now() + timedelta(seconds=simulation.hard_limit_seconds) + margin,
            "started_at": func.now(),
            "progress": 0,
            "message": "",
            "held_reason": None,
            "error_code": None,
            "error_message": None,
        },
        data={"worker": worker_id},
    )
    if not moved:
        return None
    run = moved[0]
    connection.execute(insert(Attempt).values(run_id=run_id, number=run.attempt, worker_id=worker_id))
    inputs = _inputs(connection, simulation_id)
    return Claimed(
        run_id=run.id,
        simulation_id=simulation_id,
        attempt=run.attempt,
        charged=run.charged,
        max_attempts=run.max_attempts,
        engine=run.engine,
        parameters=run.parameters,
        spec=StudySpec.from_json(simulation.asked),
        correlation_id=simulation.correlation_id,
        owner=simulation.owner,
        soft_limit_seconds=simulation.soft_limit_seconds,
        hard_limit_seconds=simulation.hard_limit_seconds,
        deadline_at=run.deadline_at,
        ready_at=max(run.queued_at, run.not_before),
        model=next(i for i in inputs if i.role is InputRole.MODEL and i.name == run.model),
        weather=next(i for i in inputs if i.role is InputRole.WEATHER and i.name == run.weather),
        files=tuple(i for i in inputs if i.role is InputRole.FILE),
        variant=run.variant,
        design=next((i for i in inputs if i.role is InputRole.DESIGN), None),
    )


#: The spec without the values of its parameters, which may be megabytes: a run needs its own only.
_SPEC = literal_column(
    """CASE jsonb_typeof(simulations.spec -> 'parameters') WHEN 'array' THEN jsonb_set(
        simulations.spec, '{parameters}', coalesce((
            SELECT jsonb_agg(one - 'values' ORDER BY place)
            FROM jsonb_array_elements(simulations.spec -> 'parameters') WITH ORDINALITY parameters (one, place)
        ), '[]')
    ) ELSE simulations.spec END""",
    JSONB,
).label("asked")
_READ = (
    *(Simulation.owner, Simulation.correlation_id, Simulation.cancel_requested_at, Simulation.breaker_opened_at),
    *(Simulation.soft_limit_seconds, Simulation.hard_limit_seconds, _SPEC),
)


def _put_aside(connection: Connection, run_id: UUID) -> None:
    # The dispatcher publishes no more than the limit, but there may be duplicate messages, or ones from before a lower
    # limit, or from before a circuit breaker opened. The message is consumed now, so the run is marked unpublished for
    # the dispatcher to publish it again.
    take_back(connection, Run.id == run_id)


def _inputs(connection: Connection, simulation_id: UUID) -> list[ClaimedInput]:
    # A join could begin with the files, and read all simulations that use one of them.
    key = select(Artifact.key).where(Artifact.sha256 == SimulationInput.sha256).scalar_subquery()
    rows = connection.execute(
        select(SimulationInput.role, SimulationInput.name, key.label("key"), SimulationInput.sha256).where(
            SimulationInput.simulation_id == simulation_id
        )
    )
    return [ClaimedInput(InputRole(row.role), row.name, row.key, row.sha256) for row in rows]
