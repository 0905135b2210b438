"""One running scenario: the environment, its load, and the operations that scenarios consist of."""

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

#: A point is normally reached within moments of its trigger.
REACH_SECONDS = 30.0
#: RabbitMQ notices a closed connection, and the dispatcher a RabbitMQ that is back, within a few seconds.
MESSAGE_SECONDS = 20.0
#: Longer than the interval at which a held process checks whether it is released.
RELEASE_SECONDS = 0.1
#: A worker without a beat for this long counts as dead.
RECENT = timedelta(seconds=LEASE_SECONDS / 2)


class Void(Exception):
    """The point of the fault was not reached: the scenario proves nothing."""


@dataclass
class Scene:
    """The objects that a scenario acts on. `real` means the real EnergyPlus, on a real model."""

    world: World
    load: Load
    watch: Watch
    chance: random.Random
    real: bool = False
    background: list[Future[Any]] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)

    def submit(self, runs: int, **wanted: Any) -> Future[str]:
        """Submits one simulation of `runs` runs, in the background."""
        if self.real:
            wanted = {**real_submission(), **wanted}
        return self.load.submit(runs, **wanted)

    def submit_some(self) -> None:
        """Submits ordinary load: simulations of several owners, some runs each."""
        for _ in range(self.chance.randint(1, 2)):
            self.submit(self.chance.randint(2, 3), owner=self.chance.choice(("ann", "bob")))

    def keep_busy(self) -> None:
        """Occupies every thread of every worker with a run, with some more runs in the queue."""
        self.world.engine.hold()
        self.submit(6)
        self.until_running(THREADS * len(WORKERS))

    def aside(self, action: Callable[[], object]) -> None:
        """Runs an action in the background, because it may have to wait for a held process."""
        self.background.append(self.load.pool.submit(action))

    def arm(self, point: str, action: str = HOLD, **matching: str) -> None:
        """See World.arm."""
        self.orders[point] = Order(action, **matching)
        self.world.arm(point, self.orders[point])

    def await_point(self, point: str) -> Reached:
        """Returns the process that reached the point. Raises Void."""
        while True:
            if (reached := self.world.reached(point, REACH_SECONDS)) is None:
                raise Void(point)
            if self.orders[point].action == KILL:
                # All processes of the service must be dead: starting it while the old ones die would have no effect.
                self.world.until(partial(self.world.is_dead, reached), f"{reached.service} is dead")
                return reached
            if reached.service not in WORKERS or not reached.run or self.count(Run.id == UUID(reached.run)):
                return reached
            # An earlier scenario's message brought it here, and this scenario's runs may be past the point.
            self.world.release(point)
            time.sleep(RELEASE_SECONDS)
            self.world.arm(point, self.orders[point])
            self.submit(1)

    def until_running(self, runs: int) -> None:
        """Waits until this many engines run."""
        until(lambda: len(self.world.engine_processes()) >= runs, f"{runs} engines are running", REACH_SECONDS)

    def until_attempt(self, run_id: str, number: int) -> None:
        """Waits until a run has reached attempt `number`."""
        self.world.until(lambda: self.run(run_id).attempt >= number, f"run {run_id} is at attempt {number}")

    def until_over(self, run_id: str) -> None:
        """Waits until a run has ended."""
        self.world.until(lambda: Status(self.run(run_id).status).ended, f"run {run_id} has ended")

    def run(self, run_id: str) -> Row[Any]:
        """Returns the row of a run."""
        return self._insist(select(Run.__table__).where(Run.id == UUID(run_id)))[0]

    def only_run(self, simulation: str) -> str:
        """Returns the run of a simulation that has one run."""
        return str(self._insist(select(Run.id).where(Run.simulation_id == UUID(simulation)))[0][0])

    def messages_out(self) -> tuple[int, int]:
        """Returns how many queued runs count as published, and how many messages wait in RabbitMQ."""
        published = self.count(Run.status == Status.QUEUED.value, Run.published_at.is_not(None))
        return published, faults.waiting(self.world)

    def expect_all_messages(self) -> None:
        """Needs workers and scheduler stopped: every queued run must become published, its message be in RabbitMQ."""
        queued = self.count(Run.status == Status.QUEUED.value)
        assert queued, "no run is queued"

        def all_there() -> bool:
            published, waiting = self.messages_out()
            return published == queued and waiting >= published

        until(all_there, f"RabbitMQ has a message for each of {queued} runs", MESSAGE_SECONDS)

    def count(self, *conditions: Any) -> int:
        """Number of runs that meet the conditions."""
        return int(self._insist(select(func.count()).select_from(Run).where(*conditions))[0][0])

    def call(self, path: str) -> None:
        """Sends a POST to the API, repeatedly until it answers 200."""
        insist(lambda: requests.post(self.world.url + path, timeout=20), {200})

    def worker_ids(self) -> list[str]:
        """Ids of the living workers."""
        living = select(Worker.id).where(Worker.status != "stopped", Worker.beat_at > func.now() - RECENT)
        return sorted(str(row[0]) for row in self._insist(living))

    def workers(self, status: str) -> int:
        """Number of living workers that report this status."""
        living = (Worker.status == status, Worker.beat_at > func.now() - RECENT)
        return int(self._insist(select(func.count()).select_from(Worker).where(*living))[0][0])

    def settle(self) -> None:
        """Repairs everything and waits until every submission is answered and every simulation has ended."""
        self.world.heal()
        self.load.wait()
        for future in self.background:
            future.result()
        self.world.until(self._is_over, "every simulation has ended, and those that were deleted are gone")

    def _is_over(self) -> bool:
        unfinished = (
            select(func.count())
            .select_from(Simulation)
            # A deleted simulation is finished when retention has removed its row.
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
