"""Reads workers, queues and the state of the service, once for all followers, and publishes what has changed."""

from collections.abc import Collection, Mapping
from typing import Any

from api_service.fleet.queries import list_workers
from api_service.fleet.queues import read_queues
from api_service.fleet.schema import QueuesSchema, WorkersSchema
from api_service.http.dependencies import Dependencies
from api_service.http.health import readiness
from api_service.live.batch import MOST_RUNS, Subject, encoded
from api_service.live.follower import Follower
from api_service.live.hub import HEALTH, Hub
from shared.db.database import DatabaseAway

#: What of a worker changes with every beat; it is sent every ten seconds, when the last digit of `beat_at` is cut off.
WITH_EVERY_BEAT = ("beat_at", "memory_bytes", "cpu_percent")
TEN_SECONDS = slice(len("2026-01-01T00:00:0"))


class Fleet:
    """Publishes the fleet to those of `hub` who follow everything, and the state of the service to all."""

    def __init__(self, of: Dependencies, hub: Hub) -> None:
        self._of, self._hub = of, hub
        self._known: dict[Subject, object] = {}

    def read(self, followers: Collection[Follower]) -> None:
        """Makes one reading; while Postgres is away, of the state of the service alone."""
        if not followers:
            self._known = {}
            return
        health = readiness(self._of)[0]
        whole = {Subject(HEALTH, ""): encoded(HEALTH, health)}
        is_new = self._is_new(Subject(HEALTH, ""), {name: part["ok"] for name, part in health["parts"].items()})
        changed = dict(whole) if is_new else {}
        lists = self._lists() if any(f.channel.simulation_id is None for f in followers) else []
        for of_list, of_items in lists:
            whole |= of_list
            changed |= of_items if len(of_items) <= MOST_RUNS else of_list
        self._hub.publish_fleet(changed, whole, is_complete=bool(lists))

    def _lists(self) -> list[tuple[dict[Subject, bytes], dict[Subject, bytes]]]:
        """Returns the workers and the queues: as a whole, and those that have changed."""
        try:
            with self._of.database.transaction() as connection:
                workers = {"items": list_workers(connection, lease=self._of.lease)}
            queues = {"items": read_queues(self._of)}
        except DatabaseAway:
            return []
        return [
            self._list("worker", "id", WorkersSchema().dump(workers)),
            self._list("queue", "engine", QueuesSchema().dump(queues)),
        ]

    def _list(self, name: str, key: str, data: Mapping[str, Any]) -> tuple[dict[Subject, bytes], dict[Subject, bytes]]:
        whole = {Subject(f"{name}s", ""): encoded(f"{name}s", data)}
        items = {Subject(name, item[key]): item for item in data["items"]}
        gone = {subject for subject in self._known if subject.event == name} - items.keys()
        for subject in gone:
            del self._known[subject]
        changed = {s: encoded(name, item) for s, item in items.items() if self._is_new(s, _without_beat(item))}
        return whole, whole if gone else changed

    def _is_new(self, subject: Subject, state: object) -> bool:
        known, self._known[subject] = self._known.get(subject), state
        return known != state


def _without_beat(item: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in item.items() if name not in WITH_EVERY_BEAT}
    return rest | {"beat_at": str(item.get("beat_at"))[TEN_SECONDS]}
