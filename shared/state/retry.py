"""Retry by the user: a new round, in which the failed runs of an ended simulation are queued again.

They start with no charged attempts, and their results, messages and files of the last round are deleted.
"""

from enum import Enum, auto
from uuid import UUID

from sqlalchemy import Connection, delete, func, select

from shared.db.tables import Result, Run, RunFile, RunMessage, Simulation
from shared.enums import Status
from shared.state.breaker import close_breaker
from shared.state.caps import check_queued, confirm_queued
from shared.state.chunks import chunks, in_chunk
from shared.state.publication import UNPUBLISHED
from shared.state.transitions import REOPEN, REOPEN_SIMULATION
from shared.state.writer import lock_simulation, move_chunk, move_simulation, record, stands_at


class Retried(Enum):
    """Result of a request to retry."""

    ACCEPTED = auto()
    NOT_ENDED = auto()
    NOTHING_FAILED = auto()
    UNKNOWN = auto()


def retry_failed(connection: Connection, simulation_id: UUID, *, max_queued: int = 0) -> Retried:
    """Queue the failed runs of an ended simulation again; succeeded and cancelled ones stay as they are.

    Raises OverCap when the simulation's owner would have more than `max_queued` queued runs (0: no limit).
    """
    simulation = lock_simulation(connection, simulation_id)
    if simulation is None or simulation.deleted_at is not None:
        return Retried.UNKNOWN
    if simulation.ended_at is None:
        return Retried.NOT_ENDED
    if simulation.failed == 0:
        return Retried.NOTHING_FAILED
    check_queued(connection, simulation.owner, simulation.failed, max_queued)
    move_simulation(
        connection,
        REOPEN_SIMULATION,
        simulation_id,
        values={
            "failed": 0,
            "round": Simulation.round + 1,
            "ended_at": None,
            "cancel_requested_at": None,
            "held_at": None,
        },
    )
    close_breaker(connection, simulation_id)
    # In one transaction: a round begins for all its runs at once, and no worker waits for an ended simulation's lock.
    runs = sum(_reopen(connection, simulation_id, first) for first in chunks(simulation.total))
    record(connection, simulation_id, "simulation.retried", round=simulation.round + 1, runs=runs)
    confirm_queued(connection, simulation.owner, runs, max_queued)
    return Retried.ACCEPTED


def _reopen(connection: Connection, simulation_id: UUID, first: int) -> int:
    failed = select(Run.id).where(in_chunk(simulation_id, first), stands_at(Status.FAILED))
    for table in (Result, RunMessage, RunFile):
        connection.execute(delete(table).where(table.run_id.in_(failed)))
    return move_chunk(
        connection,
        REOPEN,
        simulation_id,
        first,
        values={
            "charged": 0,
            "verdict": None,
            "progress": 0,
            "message": "",
            "error_code": None,
            "error_message": None,
            "not_before": func.now(),
            "held_reason": None,
            "twin_id": None,
            **UNPUBLISHED,
            "worker_id": None,
            "cancel_requested_at": None,
            "queued_at": func.now(),
            "started_at": None,
            "ended_at": None,
        },
    )
