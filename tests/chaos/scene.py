"""One scenario while it is played: the world, the load on it, and the words that scenarios are written in."""

import random
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import requests
from sqlalchemy import Row, func, or_, select

from shared.db.database import DatabaseAway
from shared.db.tables import Run, Simulation, Worker
from shared.enums import Status
from tests.chaos import faults
from tests.chaos.inject import HOLD, KILL, Order, Reached
from tests.chaos.load import Load, insist
from tests.chaos.real import real_submission
from tests.chaos.violations import Expected
from tests.chaos.waiting import until
from tests.chaos.watch import Watch
from tests.chaos.world import LEASE_SECONDS, THREADS, WORKERS, World

#: A point is come to within moments of what leads to it.
REACH_SECONDS = 30.0
#: RabbitMQ notices a closed connection, and the dispatcher a RabbitMQ that is back, within a few seconds.
MESSAGE_SECONDS = 20.0
#: Whoever is held looks far more often whether it may go on.
RELEASE_SECONDS = 0.1
#: Who has not beaten for so long does not live.
RECENT = timedelta(seconds=LEASE_SECONDS / 2)


class Void(Exception):
    """The fault's point was not reached: the scenario says nothing."""


@dataclass
class Scene:
    """What a scenario acts on. `real` means EnergyPlus itself, on a real model."""

    world: World
    load: Load
    watch: Watch
    chance: random.Random
    real: bool = False
    background: list[Future[Any]] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)

    def submit(self, runs: int, **wanted: Any) -> Future[str]:
        """One simulation of so many runs; it is answered in the background."""
        if self.real:
            wanted = {**real_submission(), **wanted}
        return self.load.submit(runs, **wanted)

    def submit_some(self) -> None:
        """What a usual day brings: simulations of several owners, some runs each."""
        for _ in range(self.chance.randint(1, 2)):
            self.submit(self.chance.randint(2, 3), owner=self.chance.choice(("ann", "bob")))

    def keep_busy(self) -> None:
        """Have every thread of every worker in the midst of a run, and some more runs waiting."""
        self.world.engine.hold()
        self.submit(6)
        self.until_running(THREADS * len(WORKERS))

    def aside(self, action: Callable[[], object]) -> None:
        """Do something that may have to wait for what is held."""
        self.background.append(self.load.pool.submit(action))

    def arm(self, point: str, action: str = HOLD, **matching: str) -> None:
        """See World.arm."""
        self.orders[point] = Order(action, **matching)
        self.world.arm(point, self.orders[point])

    def await_point(self, point: str) -> Reached:
        """Whoever came to the point. Raises Void."""
        while True:
            if (reached := self.world.reached(point, REACH_SECONDS)) is None:
                raise Void(point)
            if self.orders[point].action == KILL:
                # All of its processes: who is started anew while the old one dies is not started at all.
                self.world.until(partial(self.world.is_dead, reached), f"{reached.service} is dead")
                return reached
            if reached.service not in WORKERS or not reached.run or self.count(Run.id == UUID(reached.run)):
                return reached
            # It came with a message that an earlier scenario has left, and this one's runs may be past the point.
            self.world.release(point)
            time.sleep(RELEASE_SECONDS)
            self.world.arm(point, self.orders[point])
            self.submit(1)

    def until_running(self, runs: int) -> None:
        """Wait until so many runs have an engine."""
        until(lambda: len(self.world.engine_processes()) >= runs, f"{runs} engines are running", REACH_SECONDS)

    def until_attempt(self, run_id: str, number: int) -> None:
        """Wait until a run has a worker for its attempt `number`."""
        self.world.until(lambda: self.run(run_id).attempt >= number, f"run {run_id} is at attempt {number}")

    def until_over(self, run_id: str) -> None:
        """Wait until a run has ended."""
        self.world.until(lambda: Status(self.run(run_id).status).ended, f"run {run_id} has ended")

    def run(self, run_id: str) -> Row[Any]:
        """A run as it stands."""
        return self._insist(select(Run.__table__).where(Run.id == UUID(run_id)))[0]

    def only_run(self, simulation: str) -> str:
        """The run of a simulation that has one."""
        return str(self._insist(select(Run.id).where(Run.simulation_id == UUID(simulation)))[0][0])

    def messages_out(self) -> tuple[int, int]:
        """How many runs are said to have a message out, and how many messages wait in RabbitMQ."""
        published = self.count(Run.status == Status.QUEUED.value, Run.published_at.is_not(None))
        return published, faults.waiting(self.world)

    def expect_all_messages(self) -> None:
        """With no worker and no scheduler there: every queued run is published, and RabbitMQ has all the messages."""
        queued = self.count(Run.status == Status.QUEUED.value)
        assert queued, "no run is queued"

        def all_there() -> bool:
            published, waiting = self.messages_out()
            return published == queued and waiting >= published

        until(all_there, f"RabbitMQ has a message for each of {queued} runs", MESSAGE_SECONDS)

    def count(self, *conditions: Any) -> int:
        """How many runs meet the conditions."""
        return int(self._insist(select(func.count()).select_from(Run).where(*conditions))[0][0])

    def call(self, path: str) -> None:
        """POST to the API, until it is there to answer."""
        insist(lambda: requests.post(self.world.url + path, timeout=20), {200})

    def worker_ids(self) -> list[str]:
        """The workers that live, by id."""
        living = select(Worker.id).where(Worker.status != "stopped", Worker.beat_at > func.now() - RECENT)
        return sorted(str(row[0]) for row in self._insist(living))

    def workers(self, status: str) -> int:
        """How many workers live and say that of themselves."""
        living = (Worker.status == status, Worker.beat_at > func.now() - RECENT)
        return int(self._insist(select(func.count()).select_from(Worker).where(*living))[0][0])

    def settle(self) -> None:
        """Make everything whole again and wait until every submission is answered and every simulation has ended."""
        self.world.heal()
        self.load.wait()
        for future in self.background:
            future.result()
        self.world.until(self._is_over, "every simulation has ended, and those that were deleted are gone")

    def _is_over(self) -> bool:
        unfinished = (
            select(func.count())
            .select_from(Simulation)
            # What its user has deleted is over when retention has taken it.
            .where(or_(Simulation.ended_at.is_(None), Simulation.deleted_at.is_not(None)))
        )
        return int(self._insist(unfinished)[0][0]) == 0

    def _insist(self, statement: Any) -> list[Row[Any]]:
        while True:
            try:
                with self.world.database.transaction() as connection:
                    return list(connection.execute(statement).all())
            except DatabaseAway:
                time.sleep(0.1)


Play = Callable[[Scene], Expected]
