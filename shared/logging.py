"""Structured logs for every service: one JSON object per line, constant event names, ids as fields.

Each entry point calls `configure_logging` once; every other module calls `get_logger(room)`. The correlation id of a
request is in structlog's context variables, so callers never pass it.
"""

import logging
import sys
from collections.abc import Collection
from typing import Any, cast

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, FilteringBoundLogger, Processor

#: Libraries that log whole requests at level DEBUG, including signed headers and URLs. They never log below INFO.
SIGNING = ("boto3", "botocore", "s3transfer", "urllib3")

MASK = "(a secret)"
#: Shorter secrets are not masked: they may be ordinary words, and masking those would make logs unreadable.
MIN_SECRET_CHARACTERS = 8


def configure_logging(service: str, level: str, secrets: Collection[str] = ()) -> None:
    """Send structlog's events and the standard library's records to standard error as JSON lines.

    `secrets` are masked in every line, because a library may quote its arguments, such as a URL with a password.
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
    # pika logs pages of tracebacks for every failed reconnect; our own events say it in one line.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    # APScheduler logs the start and the end of every job, several per second, and idfkit every model it has parsed.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("idfkit").setLevel(logging.WARNING)
    for library in SIGNING:
        logging.getLogger(library).setLevel(max(root.level, logging.INFO))
    # Flask-Limiter logs every refused request; there may be very many, and a metric counts them.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class _Masking(structlog.stdlib.ProcessorFormatter):
    """Formatter that masks secrets in the finished line."""

    def __init__(self, secrets: Collection[str], **options: Any) -> None:
        super().__init__(**options)
        self._secrets = [secret for secret in secrets if len(secret) >= MIN_SECRET_CHARACTERS]

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, MASK)
        return line


def get_logger(room: str) -> FilteringBoundLogger:
    """The logger named `room`, the module's `__name__`."""
    return cast(FilteringBoundLogger, structlog.get_logger(room))
