"""Reuse of results: a run whose result is known is linked to it, and one whose twin is running waits for that.

Workers call `settle` after the claim, before they fetch anything. A twin is a run of the same owner whose result would
be the same. Dispatchers release those that wait (`shared/window/twins.py`). The prepared model and the list of changes
of a linked run are those of the run that was executed, with all its series.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from shared.db.conditions import checked
from shared.db.locks import LockSpace, wait_for_lock
from shared.db.tables import Fingerprint, Result, Run, RunFile, RunMessage, Simulation
from shared.energyplus.results.messages import MAX_MESSAGES, NOT_GENERATED
from shared.enums import HeldReason, Outcome, Status
from shared.fingerprint import RunFingerprint
from shared.state.current_attempt import REQUEUED, close_attempt, lock_attempt, mine, stop_attempt
from shared.state.finished import OWN_NOTE, AttemptKey
from shared.state.held_runs import NEVER, keep_held
from shared.state.transitions import PUT_BACK, SUCCEED
from shared.state.writer import count, move

#: Twins that are looked at, the newest ones. There are more where runs were executed without reuse, or linked.
LOOKED_AT = 32


def settle(
    connection: Connection,
    key: AttemptKey,
    owner: str,
    fingerprint: RunFingerprint,
    *,
    reuse: bool,
    phases: Mapping[str, float] | None = None,
) -> Outcome | None:
    """Link the run, or let it wait; the outcome with which its attempt ended, None when it is to be executed.

    Of twins that are settled at the same time the second waits for the first, by the advisory lock. Without `reuse` the
    run is executed, and its result is there for others.
    """
    wait_for_lock(connection, LockSpace.TWINS, f"{owner} {fingerprint.physics}")
    twins = _twins(connection, key, owner, fingerprint) if reuse else []
    run = lock_attempt(connection, key)
    if run is None:
        return Outcome.LOST
    if run.cancel_requested_at is not None:
        return stop_attempt(connection, key, phases)
    for twin in twins:
        if twin.status == Status.SUCCEEDED and (original := _kept(connection, twin.id)) is not None:
            _link(connection, key, original)
            _note(connection, key, owner, fingerprint, twin.outputs)
            close_attempt(connection, key, Outcome.REUSED, phases=phases)
            return Outcome.REUSED
    running = next((twin.id for twin in twins if twin.status == Status.RUNNING), None)
    if running is not None and not _has_failed(connection, run.twin_id):
        _wait(connection, key, running)
        close_attempt(connection, key, Outcome.TWIN, phases=phases)
        return Outcome.TWIN
    _note(connection, key, owner, fingerprint, sorted(fingerprint.outputs))
    return None


def newest_twins(
    owner: str, physics: str | ColumnElement[str], maker: str
) -> Select[tuple[UUID, int, list[Any], datetime]]:
    """The attempts with this fingerprint that are looked at."""
    return (
        select(Fingerprint.run_id, Fingerprint.attempt, Fingerprint.outputs, Fingerprint.at)
        .where(Fingerprint.owner == owner, Fingerprint.physics == physics, Fingerprint.maker == maker)
        .order_by(Fingerprint.at.desc())
        .limit(LOOKED_AT)
    )


def answers(
    run_id: ColumnElement[UUID], outputs: ColumnElement[list[Any]], wanted: Collection[str]
) -> ColumnElement[bool]:
    """SQL condition: the result of the run, which has these series, is what a run with the series `wanted` would get.

    With more series it is, unless a message may be about one of the others: one that was not generated, or one that
    made a file too large. Where messages were left out, these may be among them.
    """
    about_series = or_(
        *(RunMessage.text.startswith(text, autoescape=True) for text in (NOT_GENERATED, OWN_NOTE)),
        RunMessage.ordinal >= MAX_MESSAGES - 1,
    )
    depends = exists().where(RunMessage.run_id == run_id, checked(about_series))
    same = cast(sorted(wanted), JSONB)
    return and_(outputs.op("@>")(same), or_(outputs.op("<@")(same), ~depends))


def _twins(connection: Connection, key: AttemptKey, owner: str, wanted: RunFingerprint) -> Sequence[Row[Any]]:
    """Twins with a result that answers, or with a valid lease and the series, the newest first."""
    newest = newest_twins(owner, wanted.physics, wanted.maker).subquery("newest")
    has_result = and_(Run.status == Status.SUCCEEDED.value, answers(newest.c.run_id, newest.c.outputs, wanted.outputs))
    is_running = and_(
        Run.status == Status.RUNNING.value, Run.lease_expires_at > func.now(), Run.cancel_requested_at.is_(None)
    )
    return connection.execute(
        select(Run.id, Run.status, newest.c.outputs)
        .join(newest, newest.c.run_id == Run.id)
        .where(
            Run.id != key.run_id,
            checked(and_(Run.attempt == newest.c.attempt, or_(has_result, is_running))),
            newest.c.outputs.contains(sorted(wanted.outputs)),
        )
        .order_by(newest.c.at.desc())
    ).all()


def _kept(connection: Connection, run_id: UUID) -> Row[UUID, str | None, UUID] | None:
    """The run, if its result is still kept; retention waits for this transaction before it looks who needs the files.

    The lock on its simulation is one that no other transaction but retention's conflicts with.
    """
    return connection.execute(
        select(Run.id, Run.verdict, func.coalesce(Run.reused_from, Run.id).label("original"))
        .join(Simulation, Simulation.id == Run.simulation_id)
        .where(Run.id == run_id, checked(Simulation.deleted_at.is_(None)))
        .with_for_update(read=True, key_share=True, of=Simulation)
    ).one_or_none()


def _has_failed(connection: Connection, twin_id: UUID | None) -> bool:
    """Whether the twin that the run has waited for failed: this one will probably fail too, and others wait for it."""
    status = None if twin_id is None else connection.scalar(select(Run.status).where(Run.id == twin_id))
    return status == Status.FAILED


def _link(connection: Connection, key: AttemptKey, source: Row[UUID, str | None, UUID]) -> None:
    """End the run with the result of `source`: its rows are copied, its files are the same."""
    mine_now = (literal(key.run_id).label("run_id"), literal(key.attempt).label("attempt"))
    same_files = (RunFile.name, RunFile.key, RunFile.sha256, RunFile.size)
    said = (RunMessage.ordinal, RunMessage.severity, RunMessage.text, RunMessage.count, RunMessage.object)
    for table, own, same in (
        (Result, mine_now, (Result.metrics,)),
        (RunFile, mine_now, same_files),
        (RunMessage, mine_now[:1], said),
    ):
        columns = [column.key for column in (*own, *same)]
        of_source = select(*own, *same).where(table.run_id == source.id)
        connection.execute(insert(table).from_select(columns, of_source, include_defaults=False))
    values = {
        "verdict": source.verdict,
        "progress": 100,
        "message": "",
        "twin_id": None,
        "reused_from": source.original,
    }
    move(connection, SUCCEED, *mine(key), values=values, data={"reused_from": str(source.original)})
    count(connection, key.simulation_id, succeeded=1)


def _wait(connection: Connection, key: AttemptKey, twin_id: UUID) -> None:
    """Give the run back, not charged. When the twin has ended meanwhile, the next pass of a dispatcher releases it."""
    values = {
        **REQUEUED,
        "charged": Run.charged - 1,
        "not_before": NEVER,
        "held_reason": HeldReason.TWIN.value,
        "twin_id": twin_id,
    }
    move(connection, PUT_BACK, *mine(key), values=values, data={"reason": "twin", "twin": str(twin_id)})
    keep_held(connection, key.run_id)


def _note(
    connection: Connection, key: AttemptKey, owner: str, fingerprint: RunFingerprint, outputs: Sequence[str]
) -> None:
    """Let later twins find this attempt."""
    found = {
        "attempt": key.attempt,
        "owner": owner,
        "physics": fingerprint.physics,
        "maker": fingerprint.maker,
        "outputs": outputs,
        "at": func.now(),
    }
    new = upsert(Fingerprint).values(run_id=key.run_id, **found)
    connection.execute(new.on_conflict_do_update(index_elements=[Fingerprint.run_id], set_=found))
