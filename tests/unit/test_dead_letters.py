"""Dead letters may come from any program, with any body and any headers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.broker.dead_letters import letter_of
from shared.broker.queues import RUN_ACTOR

DIED = datetime(2026, 3, 1, 12)  # noqa: DTZ001  (as pika reads it)


def test_the_first_death_and_the_run_are_read() -> None:
    body = f'{{"actor_name": "{RUN_ACTOR}", "kwargs": {{"run_id": "{"0" * 31}7"}}, "message_timestamp": 1000}}'
    deaths = [{"time": DIED.replace(day=2)}, {"time": DIED}]

    letter = letter_of(body.encode(), {"x-death": deaths, "x-first-death-reason": "rejected"})

    assert letter.run_id is not None
    assert (letter.run_id.int, letter.reason) == (7, "rejected")
    assert letter.died_at == DIED.replace(tzinfo=UTC)
    assert letter.sent_at == datetime.fromtimestamp(1, UTC)


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"1", b"[" * 100_000, b'{"kwargs": 7, "message_timestamp": "x"}']
)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-death": 7, "x-first-death-reason": 7},
        {"x-death": [7, None, {}, {"time": "yesterday"}]},
        {"x-death": [{"time": None}]},
    ],
)
def test_what_is_malformed_is_a_letter_without_it(body: bytes, headers: Mapping[str, Any]) -> None:
    letter = letter_of(body, headers)

    assert (letter.reason, letter.died_at, letter.sent_at, letter.run_id) == (None, None, None, None)
