"""The registry of a worker's attempts while the worker drains."""

import threading
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared.enums import InputRole
from shared.spec import StudySpec
from shared.state.claim import Claimed, ClaimedInput
from sim_worker.attempt.active import ActiveAttempts
from sim_worker.engine.progress import Progress
from sim_worker.engine.watch import Stop


def claimed() -> Claimed:
    model = ClaimedInput(InputRole.MODEL, "a.idf", "inputs/a", "a" * 64)
    weather = ClaimedInput(InputRole.WEATHER, "b.epw", "inputs/b", "b" * 64)
    now = datetime.now(UTC)
    return Claimed(
        run_id=uuid4(),
        simulation_id=uuid4(),
        attempt=1,
        charged=1,
        max_attempts=3,
        engine="25.2.0",
        parameters={},
        spec=StudySpec(),
        correlation_id="test",
        owner="local",
        soft_limit_seconds=1,
        hard_limit_seconds=1,
        deadline_at=now,
        ready_at=now,
        model=model,
        weather=weather,
        files=(),
    )


def test_a_worker_is_idle_when_its_last_attempt_has_left() -> None:
    active = ActiveAttempts()
    first, second = active.enter(claimed()), active.enter(claimed())
    assert not active.wait_until_idle(0)

    active.leave(first.key.run_id)
    assert active.all() == [second]
    active.leave(second.key.run_id)

    assert active.wait_until_idle(0)


def test_the_second_message_about_a_run_does_not_end_what_the_first_has_begun() -> None:
    active = ActiveAttempts()
    attempt = active.enter(claimed())
    second = threading.Thread(target=active.leave, args=(attempt.key.run_id,))

    second.start()
    second.join()

    assert active.find(attempt.key.run_id) is attempt
    assert not active.wait_until_idle(0)


def test_a_worker_that_gives_back_stops_all_attempts_also_late_ones() -> None:
    active = ActiveAttempts()
    early = active.enter(claimed())

    active.give_back_all()
    late = active.enter(claimed())

    assert early.stop.requested is Stop.DRAINED
    assert late.stop.requested is Stop.DRAINED


@pytest.mark.parametrize(
    ("percent", "given_back"),
    [
        pytest.param(4, False, id="hardly begun: unknown"),
        pytest.param(10, False, id="sizing has ended: unknown"),
        pytest.param(20, True, id="240 s to go"),
        pytest.param(60, False, id="40 s to go, which may be a wrong guess"),
        pytest.param(90, False, id="7 s to go"),
    ],
)
def test_a_leaving_worker_gives_back_at_once_what_cannot_end_in_time(
    percent: int, given_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = ActiveAttempts()
    attempt = active.enter(claimed())
    attempt.report(Progress(percent, "Simulating"))
    monkeypatch.setattr(attempt, "entered", time.monotonic() - 60)

    active.give_back_longer_than(30)

    assert (attempt.stop.requested is Stop.DRAINED) is given_back


def test_the_first_reason_to_stop_stays() -> None:
    attempt = ActiveAttempts().enter(claimed())

    attempt.stop.request(Stop.CANCELLED)
    attempt.stop.request(Stop.DRAINED)

    assert attempt.stop.requested is Stop.CANCELLED
