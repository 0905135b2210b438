"""Queries of results that are known: which fingerprints have one."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, Connection, Text, func, lateral, literal, select, true

from shared.db.conditions import checked
from shared.db.tables import Run, Simulation, Worker
from shared.enums import Status
from shared.fingerprint import RunFingerprint
from shared.state.reuse import answers, newest_twins


def newest_maker(connection: Connection, engine: str) -> str | None:
    """Returns what makes results on the worker of this engine that was started last; None when there is none."""
    of_engine = (Worker.engine == engine, Worker.maker.is_not(None))
    return connection.scalar(select(Worker.maker).where(*of_engine).order_by(Worker.started_at.desc()).limit(1))


def count_known(connection: Connection, owner: str, asked: Sequence[RunFingerprint | None]) -> int:
    """Returns how many of these fingerprints a result of the owner answers."""
    alike: dict[tuple[str, frozenset[str]], Counter[str]] = defaultdict(Counter)
    for one in asked:
        if one is not None:
            alike[one.maker, one.outputs][one.physics] += 1
    return sum(_count(connection, owner, *same, physics) for same, physics in alike.items())


def _count(connection: Connection, owner: str, maker: str, outputs: frozenset[str], physics: Mapping[str, int]) -> int:
    """Returns how often the physics that have a result occur; the same twins are looked at as by a worker."""
    wanted = select(func.unnest(literal(list(physics), ARRAY(Text))).label("physics")).subquery("wanted")
    twin = lateral(newest_twins(owner, wanted.c.physics, maker)).alias("twin")
    known = (
        select(wanted.c.physics)
        .distinct()
        .select_from(wanted)
        .join(twin, true())
        .join(Run, Run.id == twin.c.run_id)
        .join(Simulation, Simulation.id == Run.simulation_id)
        .where(
            Run.attempt == twin.c.attempt,
            answers(twin.c.run_id, twin.c.outputs, outputs),
            checked(Run.status == Status.SUCCEEDED.value),
            checked(Simulation.deleted_at.is_(None)),
        )
    )
    return sum(physics[found] for found in connection.scalars(known))
