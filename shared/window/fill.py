"""Fill the window of an engine's queue: select runs in SQL, publish with confirms, mark the published runs."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared import metrics
from shared.db.database import Database
from shared.db.locks import LockSpace, try_lock
from shared.db.tables import DispatchTurn, Run
from shared.enums import Status
from shared.logging import get_logger
from shared.messages import BrokerAway, DispatchMessage, Publisher
from shared.state.fleet import slots
from shared.state.pause import is_paused
from shared.state.publication import is_published
from shared.window.choose import Chosen, choose, last_turn
from shared.window.held import end_backoffs
from shared.window.twins import end_waits

log = get_logger(__name__)


def fill(
    database: Database, publisher: Publisher, engine: str, *, lease: timedelta, minimum: int, owner_runs: int = 0
) -> int:
    """Publish as many runs of `engine` as its window has room for; returns how many.

    The window is twice the fleet's slots, at least `minimum`, and 0 while the engine is paused. No owner has more than
    `owner_runs` running and published runs; 0 is no cap. Returns 0 when another process is filling the same queue. A
    run that was published but could not be marked is published again, which is harmless: the second claim matches no
    row. Raises BrokerAway, DatabaseAway.
    """
    # Separate transactions, so that their row locks are not held while RabbitMQ is waited for.
    with database.transaction() as connection:
        end_backoffs(connection, engine)
    end_waits(database, engine)
    with database.transaction() as connection:
        if not try_lock(connection, LockSpace.WINDOW, engine) or is_paused(connection, engine):
            return 0
        room = window_size(slots(connection, lease=lease).get(engine, 0), minimum) - _published(connection, engine)
        if room <= 0:
            return 0
        starts, owner = _round_robin(connection, engine)
        chosen = choose(connection, engine, room, owner_runs=owner_runs, starts=starts, last_owner=owner)
        sent: list[Chosen] = []
        try:
            for run in chosen:
                publisher.publish_run(engine, DispatchMessage(run.id, run.simulation_id, run.correlation_id))
                sent.append(run)
        except BrokerAway:
            if not sent:
                raise
            log.warning("dispatch.interrupted", engine=engine, published=len(sent), chosen=len(chosen))
        if sent:
            _mark(connection, sent)
            _write_round_robin(connection, engine, starts + len(sent), last_turn(sent, owner))
        for run in sent:
            metrics.dispatch_lag_seconds.labels(engine).observe(run.waited_seconds)
    return len(sent)


def window_size(slots: int, minimum: int) -> int:
    """Maximum number of messages in a window: enough that no worker waits, few enough that priorities still matter."""
    return max(2 * slots, minimum)


def _published(connection: Connection, engine: str) -> int:
    return connection.scalar(select(func.count()).where(Run.engine == engine, is_published())) or 0


def _round_robin(connection: Connection, engine: str) -> tuple[int, str]:
    """Number of published runs of the engine so far, and the owner who had the last turn."""
    turn = select(DispatchTurn.starts, DispatchTurn.owner).where(DispatchTurn.engine == engine)
    found = connection.execute(turn).one_or_none()
    return (0, "") if found is None else (found.starts, found.owner)


def _write_round_robin(connection: Connection, engine: str, starts: int, owner: str) -> None:
    state = {"starts": starts, "owner": owner}
    new = insert(DispatchTurn).values(engine=engine, **state)
    connection.execute(new.on_conflict_do_update(index_elements=[DispatchTurn.engine], set_=state))


def _mark(connection: Connection, sent: Sequence[Chosen]) -> None:
    # A worker may have claimed a run, or even put it back, before this mark: then no row matches, as it should. Rows
    # locked by another transaction are skipped, so that this one does not wait while it holds locks on other runs; at
    # worst such a run is published twice. Selected by id alone, so that the planner can only use the primary key.
    numbers = [run.id for run in sent]
    attempts = {run.id: run.attempt for run in sent}
    free = connection.execute(
        select(Run.id, Run.attempt, Run.status, Run.published_at)
        .where(Run.id.in_(numbers))
        .with_for_update(key_share=True, skip_locked=True)
    )
    waiting = [
        run.id
        for run in free
        if run.status == Status.QUEUED and run.published_at is None and run.attempt == attempts[run.id]
    ]
    connection.execute(update(Run).where(Run.id.in_(waiting)).values(published_at=func.now()))
