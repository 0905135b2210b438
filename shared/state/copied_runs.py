"""Insertion of the runs of a submission: by COPY, in pieces, so that a million of them are never in memory."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID, uuid4

from sqlalchemy import Connection

from shared.db.copy import copy_from
from shared.enums import HeldReason
from shared.state.chunks import CHUNK

COPY = (
    "COPY runs (id, simulation_id, index, model, weather, variant, parameters, engine, max_attempts{more}) "
    "FROM STDIN WITH (FORMAT csv)"
)


@dataclass(frozen=True, slots=True)
class NewRun:
    """One run to insert: model and weather by name, variant by its row in the design, engine by version.

    Without a variant the run has no parameters.
    """

    model: str
    weather: str
    engine: str
    variant: int | None = None


def copy_runs(
    connection: Connection,
    simulation_id: UUID,
    runs: Iterable[NewRun],
    *,
    max_attempts: int,
    held: HeldReason | None = None,
) -> int:
    """Insert the runs, all queued or all held, with indexes from 0 on; returns how many there are."""
    numbered, copied = enumerate(runs), 0
    # Other runs may start from the column's default on, which is now.
    copy = COPY.format(more="" if held is None else ", held_reason, not_before")
    hold = () if held is None else (held.value, "infinity")
    while chunk := list(islice(numbered, CHUNK)):
        text = io.StringIO()
        # None becomes nothing between two commas, which is NULL.
        csv.writer(text).writerows(
            (
                *(uuid4(), simulation_id, index, run.model, run.weather, run.variant),
                "{}" if run.variant is None else None,
                *(run.engine, max_attempts, *hold),
            )
            for index, run in chunk
        )
        text.seek(0)
        copy_from(connection, copy, text)
        copied += len(chunk)
    return copied
