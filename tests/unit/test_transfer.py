"""Transfers, which a request to stop does not wait for."""

import threading

import pytest

from sim_worker.attempt.transfer import transfer
from sim_worker.engine.watch import Stop, Stopped, StopSignal


def test_the_value_of_a_transfer_is_returned_and_its_error_raised() -> None:
    def fail() -> int:
        raise ValueError("broken")

    assert transfer(StopSignal(), lambda: 5) == 5
    with pytest.raises(ValueError, match="broken"):
        transfer(StopSignal(), fail)


def test_a_transfer_that_hangs_is_left_alone_after_a_request_to_stop() -> None:
    stop, released = StopSignal(), threading.Event()

    def hang() -> None:
        stop.request(Stop.CANCELLED)
        released.wait()

    with pytest.raises(Stopped) as stopped:
        transfer(stop, hang)

    assert stopped.value.reason is Stop.CANCELLED
    released.set()


def test_after_a_request_to_stop_nothing_is_transferred() -> None:
    stop, done = StopSignal(), []
    stop.request(Stop.DRAINED)

    with pytest.raises(Stopped):
        transfer(stop, lambda: done.append(1))

    assert done == []
