"""Structured logs for every service: one JSON object a line, constant event names, ids as fields.

Each entry point calls `configure_logging` once; everybody else calls `get_logger(room)`. The correlation id of a
request travels in structlog's context variables, so callers never pass it.
"""

import logging
import sys
from typing import cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor


def configure_logging(service: str, level: str) -> None:
    """Send structlog's events and the standard library's records to standard error as JSON lines."""

    def add_service(_logger: object, _method: str, event: EventDict) -> EventDict:
        return {"service": service, **event}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_service,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.dict_tracebacks,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # pika reports every reconnect of a dead broker as a page of tracebacks; our own events say it in one line.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    # APScheduler reports the start and the end of every job, several a second, and idfkit every model it has parsed.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("idfkit").setLevel(logging.WARNING)
    # Flask-Limiter says it of every refused request, which there may be very many of; they are counted.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get_logger(room: str) -> FilteringBoundLogger:
    """A logger whose events carry the room (module name) they come from."""
    return cast(FilteringBoundLogger, structlog.get_logger(room))
