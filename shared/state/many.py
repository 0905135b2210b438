"""Transitions of many runs of one simulation, by ranges of their indexes: no statement returns or holds all of them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.tables import Event, Run
from shared.state.transitions import Transition
from shared.state.writer import stands_at, transition_values, wake_dispatcher

#: Runs of one statement, and of one transaction where a verb has several: it takes a second or two.
CHUNK = 10_000


def chunks(total: int) -> Iterator[int]:
    """The first index of each chunk of a simulation of `total` runs."""
    return iter(range(0, total, CHUNK))


def in_chunk(simulation_id: UUID, first: int) -> ColumnElement[bool]:
    """SQL condition: the run is in the simulation's chunk that begins with the index `first`."""
    return and_(Run.simulation_id == simulation_id, Run.index >= first, Run.index < first + CHUNK)


def move_chunk(
    connection: Connection,
    transition: Transition,
    simulation_id: UUID,
    first: int,
    *conditions: ColumnElement[bool],
    values: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
) -> int:
    """As `writer.move`, for the runs of one chunk; returns their number. Events are inserted by the same statement."""
    moved = (
        update(Run)
        .where(in_chunk(simulation_id, first), stands_at(transition.source), *conditions)
        .values({**transition_values(transition), **(values or {})})
        .returning(Run.id)
        .cte("moved")
    )
    events = select(literal(simulation_id), moved.c.id, literal(transition.event), literal(data or {}, JSONB))
    number = connection.execute(
        insert(Event).from_select(["simulation_id", "run_id", "name", "data"], events, include_defaults=False)
    ).rowcount
    if number:
        wake_dispatcher(connection)
    return number
