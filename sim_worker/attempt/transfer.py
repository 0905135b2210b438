"""Transfers between the store and a run's directory, which a request to stop does not wait for."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sim_worker.engine.watch import Stopped, StopSignal

Value = TypeVar("Value")


def transfer(stop: StopSignal, action: Callable[[], Value]) -> Value:
    """The value of `action`, which moves one file. Raises what it raises, and Stopped after a request to stop.

    The action runs on a thread of its own. A transfer from a store that hangs cannot be interrupted; after a request to
    stop it is left to end by itself, and what it stored belongs to no run and is deleted by retention.
    """
    if stop.requested is not None:
        raise Stopped(stop.requested)
    done: Future[Value] = Future()
    done.add_done_callback(lambda _: stop.wake.set())

    def run() -> None:
        try:
            done.set_result(action())
        except BaseException as error:  # noqa: BLE001  (raised by the caller)
            done.set_exception(error)

    threading.Thread(target=run, name="transfer", daemon=True).start()
    while True:
        stop.wake.clear()
        if stop.requested is not None:
            raise Stopped(stop.requested)
        if done.done():
            return done.result()
        stop.wake.wait()
