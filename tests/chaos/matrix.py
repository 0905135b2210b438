"""The matrix: every point with every fault that makes sense there. Most scenarios come from this table."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from deploy.local.processes import Process
from tests.chaos import faults
from tests.chaos.access import frozen
from tests.chaos.inject import HOLD, KILL, Reached
from tests.chaos.points import API, BY_NAME, HELPER, POINTS, SCHEDULER, WORKER
from tests.chaos.scene import Scene
from tests.chaos.triggers import PROVOCATIONS, provoke
from tests.chaos.violations import CANCELLED, SUCCEEDED, Expected
from tests.chaos.world import HELPER_SECONDS, WORKERS

#: Time for a request to reach the place where it has to wait for a held process.
START_SECONDS = 0.3


@dataclass(frozen=True)
class Injection:
    """The damage done while the process at the point is held (or killed), and the results that are then allowed."""

    damage: Callable[[Scene, Reached], None]
    action: str = HOLD
    expected: Expected = Expected()  # noqa: RUF009  (frozen)


def _to(damage: Callable[..., None]) -> Injection:
    """A fault of the environment that does not depend on the process at the point."""
    return Injection(lambda scene, _: damage(scene.world))


def _freeze(scene: Scene, reached: Reached) -> None:
    """A zombie: it resumes when another worker has ended the run, or after STALL_SECONDS."""
    with frozen(reached.pid):
        if reached.service in WORKERS and reached.run and scene.run(reached.run).status == "running":
            scene.until_over(reached.run)
        else:
            time.sleep(faults.STALL_SECONDS)


def _wake_early(scene: Scene, reached: Reached) -> None:
    """A zombie that resumes while another worker executes the run, and continues its own attempt."""
    attempt = scene.run(reached.run).attempt
    scene.world.engine.hold(reached.run)
    with frozen(reached.pid):
        scene.until_attempt(reached.run, attempt + 1)
        scene.world.until(
            lambda: any(reached.run in place for place in scene.world.engine_processes().values()), "another has it"
        )
        scene.world.forget_points()
    time.sleep(1)
    scene.world.engine.let_go()


def _cancel(scene: Scene, _: Reached) -> None:
    scene.aside(lambda: faults.cancel(scene.world, scene.load))
    time.sleep(START_SECONDS)


def _cut_inputs(scene: Scene, reached: Reached) -> None:
    with faults.cut_inputs(scene.world):
        scene.world.forget_points()
        scene.world.until(lambda: scene.run(reached.run).error_code is not None, "it was noticed")


def _fill(directory: str, scene: Scene, _: Reached) -> None:
    with faults.full_disk(getattr(scene.world, directory)):
        scene.world.forget_points()
        time.sleep(faults.ABSENCE_SECONDS)


def _service(scene: Scene, reached: Reached) -> Process:
    return scene.world.services[reached.service]


def _freeze_helper(_: Scene, reached: Reached) -> None:
    """The worker goes on renewing the lease of the run, so that nothing is lost or charged."""
    with frozen(reached.pid):
        time.sleep(faults.STALL_SECONDS)


def _freeze_for_good(scene: Scene, reached: Reached) -> None:
    """Its limit ends the helper, and the run says so, as it would of a model that takes too long."""
    os.kill(reached.pid, signal.SIGSTOP)
    scene.world.forget_points()
    scene.until_over(reached.run)
    run = scene.run(reached.run)
    assert run.error_code in ("preparation_limit", "results_unreadable"), run
    assert f"took more than {HELPER_SECONDS:g} s" in run.error_message, run


def _starve(scene: Scene, reached: Reached) -> None:
    with faults.no_memory(reached.pid) as group:
        scene.world.forget_points()
        scene.world.until(lambda: group.kills > 0, "the kernel has killed the helper")


FAULTS = {
    "SIGKILL": Injection(lambda *_: None, KILL),
    "SIGTERM": Injection(
        lambda scene, reached: scene.world.send_away(reached.service), expected=Expected(uncharged=True)
    ),
    "frozen past its lease": Injection(_freeze),
    "frozen until another has the run": Injection(_wake_early),
    "cancelled": Injection(_cancel, expected=Expected(CANCELLED)),
    "launcher killed": Injection(lambda scene, reached: faults.kill_children(_service(scene, reached))),
    "worker killed": Injection(lambda scene, reached: _service(scene, reached).kill()),
    "engine killed": _to(faults.kill_engines),
    "helper killed": Injection(lambda _, reached: os.kill(reached.pid, signal.SIGKILL)),
    "helper frozen": Injection(_freeze_helper, expected=Expected(uncharged=True)),
    "helper frozen for good": Injection(_freeze_for_good, expected=Expected(SUCCEEDED | {"failed"})),
    "helper out of memory": Injection(_starve),
    "RabbitMQ killed": _to(faults.kill_rabbitmq),
    "RabbitMQ frozen": _to(faults.freeze_rabbitmq),
    "RabbitMQ out of memory": _to(faults.alarm_memory),
    "connections closed": _to(faults.close_connections),
    "messages doubled": _to(faults.double_messages),
    "queue purged": _to(faults.purge_queue),
    "rubbish sent": _to(faults.send_rubbish),
    "Postgres killed": _to(faults.kill_postgres),
    "Postgres stalled": _to(faults.stall_postgres),
    "sessions ended": _to(faults.end_sessions),
    "connections used up": _to(faults.exhaust_connections),
    "storage slow": Injection(lambda *_: time.sleep(faults.STALL_SECONDS), expected=Expected(uncharged=True)),
    "storage away": _to(faults.move_storage_away),
    "storage full": Injection(partial(_fill, "storage_directory")),
    "scratch full": Injection(partial(_fill, "scratch_directory")),
    "inputs cut in half": Injection(_cut_inputs),
}

_RUN = tuple(p.name for p in POINTS if p.services == (WORKER,) and p.name not in PROVOCATIONS)
_OF_API = tuple(p.name for p in POINTS if API in p.services and p.name not in PROVOCATIONS)
_OF_SCHEDULER = tuple(p.name for p in POINTS if p.services == (SCHEDULER,))
_OF_HELPER = tuple(p.name for p in POINTS if p.services == (HELPER,))
_DISPATCH = tuple(p.name for p in POINTS if len(p.services) > 1)
_ALL = tuple(name for name in BY_NAME if name not in _OF_HELPER)
_MID_RUN = ("run claimed", "inputs fetched", "model prepared", "engine started", "engine ended", "results read")
_STORING = ("artifacts half stored", "artifacts stored")

#: The points at which each fault is injected.
WHERE: dict[str, tuple[str, ...]] = {
    "SIGKILL": _ALL,
    "SIGTERM": (*(name for name in _RUN if name != "beat written"), *_OF_API, *_OF_HELPER),
    "frozen past its lease": (*_RUN, "runs chosen", "message published", "lease reaped", "simulation committed"),
    "frozen until another has the run": (*_MID_RUN, *_STORING),
    "cancelled": (*(name for name in _RUN if name != "message received"), *_OF_HELPER),
    "launcher killed": ("engine started", *_OF_HELPER),
    "worker killed": _OF_HELPER,
    "engine killed": ("engine started",),
    "helper killed": _OF_HELPER,
    "helper frozen": _OF_HELPER,
    "helper frozen for good": _OF_HELPER,
    "helper out of memory": _OF_HELPER,
    "RabbitMQ killed": ("message published", "run claimed", "engine started", "result committed", "canary sent"),
    "RabbitMQ frozen": ("runs chosen", "engine ended"),
    "RabbitMQ out of memory": ("runs chosen", "artifacts stored"),
    "connections closed": ("message published", *_RUN),
    "messages doubled": ("message published", *_RUN),
    "queue purged": ("message published", "message received", "engine started", "result committed"),
    "rubbish sent": ("message received", "engine started", "canary sent"),
    "Postgres killed": (*_OF_API, *_RUN, "lease reaped", "loss released", "files deleted"),
    "Postgres stalled": (
        "simulation committed",
        "message received",
        "engine started",
        "artifacts stored",
        "beat written",
    ),
    "sessions ended": (*_OF_API, *_RUN, *_OF_SCHEDULER, "failure written", "retry written"),
    "connections used up": ("simulation committed", "runs chosen", "message received", "engine ended", "beat written"),
    "storage slow": ("upload spooled", "inputs fetched", "artifacts half stored"),
    "storage away": ("upload spooled", "input entered", "run claimed", "engine ended", *_STORING, "files deleted"),
    "storage full": ("upload spooled", "engine ended", "artifacts half stored"),
    "scratch full": ("upload spooled", "message received", "run claimed", "inputs fetched"),
    "inputs cut in half": ("run claimed",),
}
#: Faults that mount a file system or make a memory cgroup.
PRIVILEGED = frozenset({"storage full", "scratch full", "helper out of memory"})
PAIRS = tuple((point, fault) for fault, points in WHERE.items() for point in dict.fromkeys(points))


def play(point: str, fault: str, scene: Scene) -> Expected:
    """Brings a service to the point, injects the fault there and releases the service. Raises Void."""
    what = FAULTS[fault]
    scene.arm(point, what.action)
    statuses = provoke(scene, point)
    reached = scene.await_point(point)
    what.damage(scene, reached)
    scene.world.release(point)
    return replace(what.expected, statuses=frozenset(what.expected.statuses) | statuses)
