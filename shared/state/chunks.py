"""Ranges of the indexes of a simulation's runs: verbs for all of them have no statement that returns or holds all."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, and_

from shared.db.tables import Run

#: Runs of one statement, and of one transaction where a verb has several: it takes a second or two.
CHUNK = 10_000


def chunks(total: int) -> Iterator[int]:
    """The first index of each chunk of a simulation of `total` runs."""
    return iter(range(0, total, CHUNK))


def next_chunk(first: int) -> int:
    """The first index of the chunk after the one that begins with the index `first`."""
    return first + CHUNK


def in_chunk(simulation_id: UUID, first: int) -> ColumnElement[bool]:
    """SQL condition: the run is in the simulation's chunk that begins with the index `first`."""
    return and_(Run.simulation_id == simulation_id, Run.index >= first, Run.index < first + CHUNK)
