"""Fixtures of this directory."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from shared.broker.broker import EpsmBroker
from shared.broker.publisher import RabbitPublisher
from shared.broker.queues import CANARY_QUEUE
from shared.confinement.launcher import Launcher
from shared.helper import preload
from shared.state import cancel, chunks, copied_runs
from shared.storage import Storage
from shared.storage.local import LocalStorage
from tests.integration.api.following import Readings
from tests.integration.attempting import Attempting
from tests.integration.receiving import QUEUE
from tests.integration.reusing import Reusing
from tests.integration.waiting import CHUNK
from tests.models import ENGINE_VERSION
from tests.rows import Rows
from tests.seaweedfs import SeaweedServer, running_seaweedfs


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedServer]:
    with running_seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture(scope="module")
def helpers() -> Iterator[Launcher]:
    launcher = Launcher(preload([ENGINE_VERSION]))
    launcher.start()
    yield launcher
    launcher.close()


@pytest.fixture
def attempting(rows: Rows, tmp_path: Path, helpers: Launcher) -> Attempting:
    return Attempting(rows, tmp_path, helpers)


@pytest.fixture
def reusing(rows: Rows) -> Reusing:
    rows.worker()
    return Reusing(rows)


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


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (chunks, cancel, copied_runs):
        monkeypatch.setattr(module, "CHUNK", CHUNK)
