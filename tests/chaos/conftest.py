"""One environment for all chaos tests, which is repaired after each test."""

from collections.abc import Iterator

import pytest

from deploy.local.install import POSTGRES, RABBITMQ
from tests.chaos.world import World
from tests.servers import need


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    need(POSTGRES)
    need(RABBITMQ)
    made = World(tmp_path_factory.mktemp("chaos"))
    try:
        made.start()
        yield made
    finally:
        made.stop()
