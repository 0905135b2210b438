"""A simulation is followed from its submission to its end, while RabbitMQ and the API go away."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import requests

from tests.e2e.conftest import PATIENCE_SECONDS, SIZING, System

Event = tuple[str, str, dict[str, Any]]


def follow(system: System, path: str, last: str = "") -> Iterator[Event]:
    """Yields name, id and data of events."""
    headers = {"Last-Event-ID": last} if last else {}
    address = f"{system.stack.url}/api/v1{path}"
    with closing(requests.get(address, headers=headers, stream=True, timeout=PATIENCE_SECONDS)) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        block: dict[str, str] = {}
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            name, _, value = line.partition(": ")
            block[name] = value
            if not line:
                if "event" in block:
                    yield block["event"], block["id"], json.loads(block["data"])
                block = {}


def test_the_last_events_equal_what_the_api_answers(system: System) -> None:
    simulation = system.submit(SIZING, copies=3)
    seen: dict[str, Any] = {}
    for event, _, data in follow(system, f"/simulations/{simulation['id']}/events"):
        if event in ("simulation", "run"):
            seen[data["id"]] = data
        if seen.get(simulation["id"], {}).get("ended_at") and len(seen) == 4:
            break

    assert seen.pop(simulation["id"]) == system.simulation(simulation)
    assert sorted(seen.values(), key=lambda run: run["index"]) == system.runs(simulation)
    assert {run["status"] for run in seen.values()} == {"succeeded"}


def test_a_follower_is_told_of_an_outage_and_misses_nothing(system: System) -> None:
    stack = system.stack
    events = follow(system, "/events")
    health = next(data for event, _, data in events if event == "health")
    assert health["parts"]["broker"]["ok"]
    stack.rabbitmq.stop()
    simulation = system.submit(SIZING)
    lost = next(data for event, _, data in events if event == "health")
    assert lost["parts"]["broker"]["ok"] is False

    for _ in stack.up():
        pass
    last = next(cursor for event, cursor, data in events if event == "health" and data["parts"]["broker"]["ok"])
    stack.api.stop()
    # What was on its way before the stream ended.
    last = [last, *(cursor for _, cursor, _ in events)][-1]
    for _ in stack.up():
        pass
    names = set()
    for event, _, data in follow(system, "/events", last):
        names.add(event)
        if event == "simulation" and data["id"] == simulation["id"] and data["ended_at"]:
            break
    assert "reset" not in names
    assert data == system.simulation(simulation)
