"""Dead letters of a queue: read without consuming them, and dropped by their ids. Called by the publisher.

A message that was taken and not acknowledged goes back to its place, also when the connection ends before.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pika.adapters.blocking_connection import BlockingChannel

from shared.broker.queues import RUN_ACTOR
from shared.messages import DeadLetter

#: Characters of a body that are shown; a message about a run has some 400.
SHOWN_CHARACTERS = 1000
#: No more bodies are read after this many bytes: another application's messages may be large.
MOST_BYTES = 4 * 1024**2


def read(channel: BlockingChannel, queue: str, most: int) -> list[DeadLetter]:
    """The oldest messages of `queue`, at most `most`; they stay in it."""
    letters, tag = [], 0
    try:
        for tag, letter, _ in _take(channel, queue, most):  # noqa: B007  (the last tag is needed)
            letters.append(letter)
    finally:
        if tag:
            channel.basic_nack(tag, multiple=True, requeue=True)
    return letters


def drop(channel: BlockingChannel, queue: str, ids: Collection[str], most: int) -> int:
    """Remove those of the `most` oldest messages of `queue` whose id is in `ids`; returns how many remain."""
    kept, behind = [], 0
    try:
        for tag, letter, behind in _take(channel, queue, most):  # noqa: B007  (the last one is needed)
            if letter.id in ids:
                channel.basic_ack(tag)
            else:
                kept.append(tag)
    finally:
        for tag in kept:
            channel.basic_nack(tag, requeue=True)
    # RabbitMQ counts the messages of a queue before it puts those back that were just given back.
    return len(kept) + behind


def _take(channel: BlockingChannel, queue: str, most: int) -> Iterator[tuple[int, DeadLetter, int]]:
    """Yields delivery tags, messages, and how many messages are behind each."""
    size = 0
    for _ in range(most):
        method, properties, body = channel.basic_get(queue)
        if method is None or properties is None or body is None:
            return
        yield method.delivery_tag, letter_of(body, properties.headers or {}), method.message_count
        if (size := size + len(body)) >= MOST_BYTES:
            return


def letter_of(body: bytes, headers: Mapping[str, Any]) -> DeadLetter:
    """The message with this body and these AMQP headers."""
    deaths = headers.get("x-death")
    times = [death.get("time") for death in deaths if isinstance(death, dict)] if isinstance(deaths, list) else []
    died_at = min((time for time in times if isinstance(time, datetime)), default=None)
    reason = headers.get("x-first-death-reason")
    content = _object(body)
    arguments = content.get("kwargs") if content.get("actor_name") == RUN_ACTOR else None
    return DeadLetter(
        id=hashlib.sha256(body).hexdigest()[:32],
        reason=reason if isinstance(reason, str) else None,
        died_at=died_at and died_at.replace(tzinfo=UTC),
        sent_at=_moment(content.get("message_timestamp")),
        run_id=_uuid(arguments.get("run_id")) if isinstance(arguments, dict) else None,
        text=body[: 4 * SHOWN_CHARACTERS].decode(errors="replace")[:SHOWN_CHARACTERS],
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _moment(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _uuid(word: object) -> UUID | None:
    try:
        return UUID(word) if isinstance(word, str) else None
    except ValueError:
        return None
