"""Every connection to Postgres and RabbitMQ has the address that is verified where certificates are named."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("api_service", "sim_worker", "scheduler_service", "shared")
#: The settings that hold an address, and the one place that makes the verified address of each.
ADDRESSES = {"database_url": "shared/db/address.py", "broker_url": "shared/broker/address.py"}


def test_addresses_are_read_from_the_settings_in_one_place_each() -> None:
    places: dict[str, set[str]] = {name: set() for name in ADDRESSES}
    for package in SERVICES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and node.attr in ADDRESSES:
                    places[node.attr].add(path.relative_to(ROOT).as_posix())

    # The settings themselves check them when they are read.
    seen = {
        name: {place for place in found if not place.startswith("shared/settings/")} for name, found in places.items()
    }
    assert seen == {name: {place} for name, place in ADDRESSES.items()}
