"""Safeguards of the design, each of which can be removed in the processes under test.

`test_removed_safeguards.py` runs a scenario without each and expects violations, which proves that the suite detects
its loss. Production code has no switch for this.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.chaos.points import patch


def remove_fence() -> None:
    """Fencing: without it, any attempt at a running run can write its end, superseded or not."""
    from shared.db.tables import Run
    from shared.enums import Status

    def change(_: Callable[..., Any]) -> Callable[..., Any]:
        return lambda key: (Run.id == key.run_id, Run.status == Status.RUNNING.value)

    for module in ("current_attempt", "finish", "reuse"):
        patch(f"shared.state.{module}", "mine", change)


def remove_safe_consumer() -> None:
    """Safe consumer: without it, messages are acknowledged by tag alone, as in Dramatiq, also on another connection."""
    patch("shared.broker.consumer", "SafeConsumer._is_mine", lambda _: lambda *_: True)


def remove_confirms() -> None:
    """Publisher confirms: without them, a publish counts as successful at once."""

    def change(original: Callable[..., Any]) -> Callable[..., Any]:
        def unconfirmed(self: Any, *arguments: Any, **named: Any) -> None:
            original(self, *arguments, **named)
            self.confirm_delivery = False

        return unconfirmed

    patch("shared.broker.broker", "EpsmBroker.__init__", change)


def remove_lease() -> None:
    """Leases: without an expiry, a worker that dies keeps its run."""

    def change(original: Callable[..., Any]) -> Callable[..., Any]:
        def for_ever(*arguments: Any, **named: Any) -> Any:
            return original(*arguments, **{**named, "lease": timedelta(days=365)})

        return for_ever

    patch("sim_worker.attempt.attempt", "claim", change)
    patch("sim_worker.service.heartbeat", "beat", change)


REMOVALS = {
    "fence": remove_fence,
    "safe consumer": remove_safe_consumer,
    "confirms": remove_confirms,
    "lease": remove_lease,
}
