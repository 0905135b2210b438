"""The points at which faults can happen: places in production code, hooked from outside in the processes under test."""

import functools
import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.chaos.inject import reach

EXECUTE, READING = "sim_worker.engine.execute", "sim_worker.engine.reading"
ENDS = "sim_worker.attempt.ends"
WORKER, API, SCHEDULER = "worker", "api", "scheduler"
#: A child of a worker's launcher; its points are hooked by `jobs.py`.
HELPER = "helper"
#: The dispatcher runs in two services; the first of them to reach the point takes the order.
DISPATCHERS = (API, SCHEDULER)


@dataclass(frozen=True)
class Point:
    """A place in the life of a run: right before or right after a call of `attribute` in `module`."""

    name: str
    services: tuple[str, ...]
    module: str
    attribute: str
    before: bool = False


def _worker(name: str, attribute: str, module: str = "sim_worker.attempt.attempt", *, before: bool = False) -> Point:
    return Point(name, (WORKER,), module, attribute, before)


#: In the order of a run's life. "Written" is inside a transaction, "committed" after it.
POINTS = (
    Point("upload spooled", (API,), "api_service.submission.accept", "store_inputs", before=True),
    Point("input entered", (API,), "api_service.submission.store_inputs", "_enter"),
    Point("inputs stored", (API,), "api_service.submission.accept", "store_inputs"),
    Point("simulation written", (API,), "api_service.submission.accept", "submit_once"),
    Point("simulation committed", (API,), "api_service.simulations.views", "accept"),
    Point("runs chosen", DISPATCHERS, "shared.window.fill", "choose"),
    Point("message published", DISPATCHERS, "shared.broker.publisher", "RabbitPublisher.publish_run"),
    Point("publication written", DISPATCHERS, "shared.window.fill", "_mark"),
    _worker("message received", "Attempts.carry_out", before=True),
    _worker("claim written", "claim"),
    _worker("run claimed", "Attempts._see_through", before=True),
    _worker("inputs fetched", "fetch_inputs"),
    Point("model being prepared", (HELPER,), "shared.energyplus.jobs", "prepare", before=True),
    _worker("model prepared", "RunReader.prepare", READING),
    _worker("engine started", "Launcher.spawn", "shared.confinement.launcher"),
    _worker("engine ended", "supervise", EXECUTE),
    Point("results being read", (HELPER,), "shared.energyplus.jobs", "read_messages", before=True),
    _worker("results read", "RunReader.read", READING),
    _worker("artifacts half stored", "CountedStorage.put_output", "shared.storage.counted"),
    _worker("artifacts stored", "store_outputs"),
    _worker("result written", "finish", ENDS),
    _worker("result committed", "Attempts.carry_out"),
    _worker("message acknowledged", "SafeConsumer.ack", "shared.broker.consumer"),
    _worker("beat written", "beat", "sim_worker.service.heartbeat"),
    _worker("failure written", "fail_attempt", ENDS),
    _worker("run given back", "give_back", ENDS),
    _worker("cancellation written", "stop", ENDS),
    Point("cancellation asked for", (API,), "api_service.simulations.views", "cancel_simulation"),
    Point("retry written", (API,), "api_service.simulations.views", "retry_failed"),
    Point("lease reaped", (SCHEDULER,), "scheduler_service.reaper", "reap"),
    Point("loss released", (SCHEDULER,), "scheduler_service.reconciler", "release_lost"),
    Point("canary sent", (SCHEDULER,), "shared.broker.publisher", "RabbitPublisher.publish_canary"),
    Point("simulation tombstoned", (SCHEDULER,), "scheduler_service.retention", "Retention._tombstone_old"),
    Point("files deleted", (SCHEDULER,), "scheduler_service.retention", "Retention._delete_below"),
)
BY_NAME = {point.name: point for point in POINTS}


def install(service: str, points: Iterable[Point] = POINTS) -> None:
    """Hooks every point of this service. Fails when production code no longer has one of them."""
    for point in points:
        if service in point.services:
            patch(point.module, point.attribute, functools.partial(_hook, point))


def patch(module: str, attribute: str, change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Replaces a function or method of production code, in this process only, by the result of `change`."""
    owner: Any = importlib.import_module(module)
    *classes, name = attribute.split(".")
    for class_name in classes:
        owner = getattr(owner, class_name)
    setattr(owner, name, change(getattr(owner, name)))


def _hook(point: Point, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def hooked(*arguments: Any, **named: Any) -> Any:
        run_id = next((word for word in arguments if isinstance(word, UUID)), None)
        if point.before:
            reach(point.name, run_id)
        value = original(*arguments, **named)
        if not point.before:
            reach(point.name, run_id)
        return value

    return hooked
