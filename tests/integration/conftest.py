"""Fixtures of this directory."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from shared.broker.broker import EpsmBroker
from shared.broker.publisher import RabbitPublisher
from shared.broker.queues import CANARY_QUEUE
from shared.storage import Storage
from shared.storage.local import LocalStorage
from tests.integration.api.following import Readings
from tests.integration.receiving import QUEUE
from tests.rows import Rows
from tests.seaweedfs import SeaweedServer, running_seaweedfs


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedServer]:
    with running_seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return LocalStorage(tmp_path / "storage")
    server: SeaweedServer = request.getfixturevalue("seaweed")
    return server.store(f"test-{uuid4()}")


@pytest.fixture
def publisher(broker_url: str) -> Iterator[RabbitPublisher]:
    made = RabbitPublisher(broker_url, queue_type="classic")
    yield made
    made.close()


@pytest.fixture
def broker(broker_url: str) -> Iterator[EpsmBroker]:
    made = EpsmBroker(broker_url, prefetch=1)
    made.declare_queue(QUEUE)
    made.declare_queue(CANARY_QUEUE)
    yield made
    made.close()


@pytest.fixture
def readings(rows: Rows) -> Iterator[Readings]:
    made = Readings(rows.database)
    yield made
    made.close()
