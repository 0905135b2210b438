"""The last look before a message is worked on: what came before its worker stopped taking runs goes back unseen."""

from typing import Any, cast

from dramatiq import Broker, MessageProxy, Middleware
from dramatiq.middleware import SkipMessage

from shared.broker.broker import EpsmBroker


class Gate(Middleware):
    """Turns messages away that have waited inside this process; `SafeConsumer` puts them back into the queue."""

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        """Called by Dramatiq on a worker thread. SkipMessage is the one exception that it lets through."""
        if not cast(EpsmBroker, broker).receives(message.queue_name):
            cast(Any, message).unwanted = True
            raise SkipMessage("this worker takes no runs at the moment")
