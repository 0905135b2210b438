"""What the suite must be able to see: each safeguard of the design, taken out in the processes under test.

`test_removed_safeguards.py` runs a scenario against each and expects violations. Nothing in production code knows of this.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.chaos.points import patch


def remove_fence() -> None:
    """Let any attempt at a running run write its end, superseded or not."""
    from shared.db.tables import Run
    from shared.enums import Status

    def change(_: Callable[..., Any]) -> Callable[..., Any]:
        return lambda key: (Run.id == key.run_id, Run.status == Status.RUNNING.value)

    patch("shared.state.finish", "_mine", change)


def remove_safe_consumer() -> None:
    """Acknowledge by the number alone, as Dramatiq does, whichever connection the delivery came by."""
    patch("shared.broker.consumer", "SafeConsumer._is_mine", lambda _: lambda *_: True)


def remove_confirms() -> None:
    """Publish and hope."""

    def change(original: Callable[..., Any]) -> Callable[..., Any]:
        def unconfirmed(self: Any, *arguments: Any, **named: Any) -> None:
            original(self, *arguments, **named)
            self.confirm_delivery = False

        return unconfirmed

    patch("shared.broker.broker", "EpsmBroker.__init__", change)


def remove_lease() -> None:
    """Give a run away for good: a worker that dies keeps it."""

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
