"""Changes of runs by SQL, as a fleet makes them; most are of runs that somebody looks at."""

import itertools
import time
from collections.abc import Iterator, Sequence
from uuid import UUID

from tests.rows import Rows

#: One change of so many is of a run that nobody looks at.
HIDDEN_EVERY = 5


def changes(rows: Rows, shown: Sequence[UUID], hidden: Sequence[UUID]) -> Iterator[UUID]:
    """Makes one change for each step and yields the run's id, until all of `hidden` have ended.

    Runs of `shown` are started first. Then they make progress in turn; in between, those of `hidden` start and end.
    """
    keys = []
    for run_id in shown:
        keys.append(rows.start(run_id))
        yield run_id
    turn = itertools.cycle(keys)
    for number, run_id in enumerate(_starts_and_ends(rows, hidden), start=1):
        yield run_id
        for key in itertools.islice(turn, HIDDEN_EVERY - 1):
            rows.beat(key, min(number, 99), f"Simulating RUN PERIOD 1, change {number}")
            yield key.run_id


def _starts_and_ends(rows: Rows, run_ids: Sequence[UUID]) -> Iterator[UUID]:
    for run_id in run_ids:
        key = rows.start(run_id)
        yield run_id
        rows.finish(key)
        yield run_id


def at_rate(made: Iterator[UUID], per_second: float) -> Iterator[UUID]:
    """Makes changes at a constant rate."""
    due = time.monotonic()
    for run_id in made:
        yield run_id
        due += 1 / per_second
        time.sleep(max(due - time.monotonic(), 0))
