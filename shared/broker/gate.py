"""Dramatiq middleware that rejects prefetched messages once the worker takes no more runs."""

from typing import Any, cast

from dramatiq import Broker, MessageProxy, Middleware
from dramatiq.middleware import SkipMessage

from shared.broker.broker import EpsmBroker


class Gate(Middleware):
    """Rejects messages that waited inside this process until it took no more runs; `SafeConsumer` requeues them."""

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        """Called by Dramatiq on a worker thread. SkipMessage is the only exception that prevents the processing."""
        if not cast(EpsmBroker, broker).receives(message.queue_name):
            cast(Any, message).unwanted = True
            raise SkipMessage("this worker takes no runs at the moment")
