"""Multi-step scenarios: those that need more than one fault at one point. Each is a function."""

import time

import requests

from deploy.local.processes import Process
from shared.db.tables import Run
from tests.chaos import faults
from tests.chaos.access import frozen, rabbitmqctl
from tests.chaos.inject import KILL
from tests.chaos.load import insist
from tests.chaos.points import SCHEDULER
from tests.chaos.scene import Play, Scene, Void
from tests.chaos.violations import Expected
from tests.chaos.waiting import until
from tests.chaos.world import THREADS, WORKERS

#: Time after which a publisher has sent its messages, even though no confirmation arrives.
SENDING_SECONDS = 1.0


def stale_delivery(scene: Scene) -> Expected:
    """A new delivery has the tag of an old one (hazard 1): acknowledging the old one would lose the new message."""
    worker = _alone(scene)
    scene.world.engine.hold()
    scene.submit(2).result()
    scene.until_running(2)
    scene.aside(lambda: faults.close_connections(scene.world))
    # Another client takes the two redelivered messages before the worker has connected again.
    if not faults.take_messages(scene.world, 2):
        raise Void("both messages were given to the same worker once more")
    scene.submit(2).result()
    scene.world.until(lambda: scene.messages_out() == (2, 0), "the worker has received the next two")
    # One thread is held after it has acknowledged, the other before it begins with a new message.
    points = ("message acknowledged", "message received")
    for point in points:
        scene.arm(point)
    scene.world.engine.let_go()
    for point in points:
        scene.await_point(point)
    time.sleep(SENDING_SECONDS)
    worker.kill()
    scene.expect_all_messages()
    return Expected()


def publish_to_a_frozen_broker(scene: Scene) -> Expected:
    """RabbitMQ accepts bytes without a reply, then dies: unconfirmed messages count as not sent."""
    _alone(scene)
    # The connection must be open and the queue declared before RabbitMQ stops answering.
    scene.until_over(scene.only_run(scene.submit(1).result()))
    scene.world.dismiss(WORKERS[0])
    scene.arm("runs chosen")
    scene.submit(3)
    scene.await_point("runs chosen")
    with frozen(scene.world.stack.rabbitmq.process.pid):
        scene.world.release("runs chosen")
        time.sleep(SENDING_SECONDS)
        scene.world.stack.rabbitmq.process.kill()
    scene.world.stack.rabbitmq.start()
    scene.expect_all_messages()
    return Expected()


def _alone(scene: Scene) -> Process:
    """Stops all services but the API and one worker, so that nothing is repaired; returns the worker."""
    first, other = WORKERS
    scene.world.dismiss(SCHEDULER)
    scene.world.dismiss(other)
    return scene.world.services[first]


def rolling_restart(scene: Scene) -> Expected:
    """All workers are replaced under load, one after the other: no run is lost and no attempt is charged."""
    for _ in range(3):
        scene.submit(4, owner=scene.chance.choice(("ann", "bob", "eve")))
    scene.world.engine.hold()
    scene.until_running(2)
    for name in WORKERS:
        scene.world.dismiss(name)
        scene.world.launch(name)
        scene.world.await_ready(name)
    scene.world.engine.let_go()
    return Expected(uncharged=True)


def poison(scene: Scene) -> Expected:
    """A run that kills its worker every time ends failed, with a reason; the other runs succeed."""
    scene.world.engine.hold()
    scene.submit(2, spec={"max_attempts": 3})
    scene.arm("engine started", KILL)
    poisoned = scene.await_point("engine started").run
    for _ in range(2):
        scene.arm("engine started", KILL, run=poisoned)
        scene.world.engine.let_go()
        for name in WORKERS:
            scene.world.launch(name)
        scene.await_point("engine started")
    scene.until_over(poisoned)
    run = scene.run(poisoned)
    assert (run.status, run.error_code, run.charged) == ("failed", "worker_lost", 3), run
    assert "3 of 3" in run.error_message, run.error_message
    return Expected({"succeeded", "failed"})


def one_key_in_parallel(scene: Scene) -> Expected:
    """The same submission is sent four times in parallel, and the API dies meanwhile: one simulation results."""
    scene.arm("simulation written", KILL)
    key = f"key-{scene.chance.random()}"
    four = [scene.submit(3, key=key) for _ in range(4)]
    scene.await_point("simulation written")
    scene.world.launch("api")
    answers = {future.result() for future in four}
    assert len(answers) == 1, answers
    return Expected()


def both_workers_die(scene: Scene) -> Expected:
    """No worker is left to take over any run until they are started again."""
    scene.keep_busy()
    for name in WORKERS:
        scene.world.services[name].kill()
    until(lambda: not scene.world.engine_processes(), "their engines are gone with them", 10)
    return Expected()


def consumer_timeout(scene: Scene) -> Expected:
    """RabbitMQ takes the message of a run longer than consumer_timeout for lost and delivers it again."""
    rabbitmqctl(scene.world, "eval", SHORT_TIMEOUT)
    try:
        faults.close_connections(scene.world)
        scene.keep_busy()
        time.sleep(6)
    finally:
        rabbitmqctl(scene.world, "eval", LONG_TIMEOUT)
        faults.close_connections(scene.world)
    return Expected()


SHORT_TIMEOUT = (
    "application:set_env(rabbit, consumer_timeout, 2000), application:set_env(rabbit, channel_tick_interval, 1000)."
)
LONG_TIMEOUT = (
    "application:set_env(rabbit, consumer_timeout, 7200000), application:set_env(rabbit, channel_tick_interval, 60000)."
)


def cancelled_as_its_worker_dies(scene: Scene) -> Expected:
    """A run that is flagged for cancellation and then reaped ends cancelled and is not started again."""
    scene.keep_busy()
    simulation = next(iter(scene.load.answered.values()))
    scene.world.services[WORKERS[0]].kill()
    insist(lambda: requests.post(f"{scene.world.url}/api/v1/simulations/{simulation}/cancel", timeout=20), {200})
    scene.world.until(lambda: scene.count(Run.status == "cancelled") == 6, "all are cancelled")
    return Expected({"cancelled"})


def two_schedulers(scene: Scene) -> Expected:
    """The first of two schedulers dies while it reaps: nothing is done twice."""
    scene.world.launch_second_scheduler()
    scene.keep_busy()
    scene.arm("lease reaped", KILL)
    scene.world.services[WORKERS[0]].kill()
    scene.await_point("lease reaped")
    return Expected()


def black_hole(scene: Scene) -> Expected:
    """The engine cannot be started anywhere: each worker detects this itself, instead of failing the whole backlog."""
    scene.world.engine.lose_executable()
    for _ in range(4):
        scene.submit(4)
    scene.load.wait()
    scene.world.until(lambda: scene.workers("unfit") == len(WORKERS), "both workers say that they are unfit")
    touched = scene.count(Run.attempt > 0)
    # As many as all threads had begun before the detection, and once more for the redelivered messages.
    assert touched <= 2 * THREADS * len(WORKERS), f"{touched} of 16 runs were begun by workers that cannot work"
    assert scene.count(Run.status == "failed") == 0
    scene.world.engine.mend()
    return Expected()


def pause_and_deaths(scene: Scene) -> Expected:
    """The fleet is paused, then every service that could lose the pause dies; nothing starts until it is resumed."""
    scene.keep_busy()
    scene.call("/api/v1/fleet/pause")
    for name in ("scheduler", "api", WORKERS[0]):
        scene.world.services[name].kill()
        scene.world.launch(name)
        scene.world.await_ready(name)
    scene.submit(2).result()
    scene.world.engine.let_go()
    scene.world.until(lambda: scene.count(Run.status == "running") == 0, "what was running has ended")
    begun = scene.count(Run.attempt > 0)
    assert begun == THREADS * len(WORKERS), f"{begun} runs were begun, though the fleet was paused"
    scene.call("/api/v1/fleet/resume")
    return Expected()


def drained_by_hand(scene: Scene) -> Expected:
    """An operator drains one worker, and the other one dies: the drained one takes no run until it is resumed."""
    scene.keep_busy()
    drained, _ = scene.worker_ids()
    scene.call(f"/api/v1/workers/{drained}/drain")
    scene.world.until(lambda: scene.workers("draining") == 1, "it knows")
    others = [name for name in WORKERS if str(scene.world.services[name].pid) not in drained.split("-")]
    scene.world.services[others[0]].kill()
    scene.world.engine.let_go()
    scene.world.until(lambda: scene.workers("drained") == 1, "it has ended its own")
    assert scene.count(Run.worker_id == drained, Run.status == "succeeded") == THREADS
    scene.call(f"/api/v1/workers/{drained}/resume")
    return Expected()


MULTI_STEP: dict[tuple[str, str], Play] = {
    ("message acknowledged", "stale delivery"): stale_delivery,
    ("message published", "broker frozen, then killed"): publish_to_a_frozen_broker,
    ("engine started", "rolling restart"): rolling_restart,
    ("engine started", "SIGKILL every time"): poison,
    ("simulation written", "same key four times"): one_key_in_parallel,
    ("engine started", "both workers killed"): both_workers_die,
    ("engine started", "consumer timeout"): consumer_timeout,
    ("engine started", "cancelled, worker killed"): cancelled_as_its_worker_dies,
    ("engine started", "engine gone everywhere"): black_hole,
    ("engine started", "fleet paused, services killed"): pause_and_deaths,
    ("engine started", "worker drained, other killed"): drained_by_hand,
    ("lease reaped", "two schedulers, one killed"): two_schedulers,
}
