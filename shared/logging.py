"""Structured logs for every service: one JSON object a line, constant event names, ids as fields.

Each entry point calls `configure_logging` once; everybody else calls `get_logger(room)`. The correlation id of a
request travels in structlog's context variables, so callers never pass it.
"""

import logging
import sys
from collections.abc import Collection
from typing import Any, cast

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, FilteringBoundLogger, Processor

#: What these log while debugging are whole requests, with the headers and addresses that prove who asks.
SIGNING = ("boto3", "botocore", "s3transfer", "urllib3")

MASK = "(a secret)"
#: Below this a password is an ordinary word, and masking it would only make logs unreadable.
MIN_SECRET_CHARACTERS = 8


def configure_logging(service: str, level: str, secrets: Collection[str] = ()) -> None:
    """Send structlog's events and the standard library's records to standard error as JSON lines.

    `secrets` are masked in them: nobody means to log one, but a library may quote what it was given.
    """

    def add_service(_logger: object, _method: str, event: EventDict) -> EventDict:
        return {"service": service, **event}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_service,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Without local variables: those of a request hold its headers.
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    ]
    formatter = _Masking(
        secrets,
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
    for library in SIGNING:
        logging.getLogger(library).setLevel(max(root.level, logging.INFO))
    # Flask-Limiter says it of every refused request, which there may be very many of; they are counted.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class _Masking(structlog.stdlib.ProcessorFormatter):
    """The last to see a line."""

    def __init__(self, secrets: Collection[str], **options: Any) -> None:
        super().__init__(**options)
        self._secrets = [secret for secret in secrets if len(secret) >= MIN_SECRET_CHARACTERS]

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, MASK)
        return line


def get_logger(room: str) -> FilteringBoundLogger:
    """A logger whose events carry the room (module name) they come from."""
    return cast(FilteringBoundLogger, structlog.get_logger(room))
