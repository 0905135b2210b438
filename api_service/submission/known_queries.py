"""Queries of results that are known: which fingerprints have one."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, Text, exists, func, select
from sqlalchemy.dialects.postgresql import array

from shared.db.conditions import checked
from shared.db.tables import Fingerprint, Run, Simulation, Worker
from shared.enums import Status
from shared.fingerprint import RunFingerprint


def newest_maker(connection: Connection, engine: str) -> str | None:
    """Returns what makes results on the worker of this engine that was started last; None when there is none."""
    of_engine = (Worker.engine == engine, Worker.maker.is_not(None))
    return connection.scalar(select(Worker.maker).where(*of_engine).order_by(Worker.started_at.desc()).limit(1))


def count_known(connection: Connection, owner: str, asked: Sequence[RunFingerprint | None]) -> int:
    """Returns how many of these fingerprints a result of the owner answers."""
    alike: dict[tuple[str, frozenset[str]], list[str]] = defaultdict(list)
    for one in asked:
        if one is not None:
            alike[one.maker, one.outputs].append(one.physics)
    return sum(_count(connection, owner, *same, physics) for same, physics in alike.items())


def _count(connection: Connection, owner: str, maker: str, outputs: frozenset[str], physics: Sequence[str]) -> int:
    wanted = select(func.unnest(array(physics, type_=Text)).label("physics")).subquery("wanted")
    answer = exists(
        select(Fingerprint.run_id)
        .join(Run, Run.id == Fingerprint.run_id)
        .join(Simulation, Simulation.id == Run.simulation_id)
        .where(
            *(Fingerprint.owner == owner, Fingerprint.physics == wanted.c.physics, Fingerprint.maker == maker),
            Fingerprint.outputs.contains(sorted(outputs)),
            checked(Run.status == Status.SUCCEEDED.value),
            checked(Simulation.deleted_at.is_(None)),
        )
    )
    return connection.scalar(select(func.count()).select_from(wanted).where(answer)) or 0
