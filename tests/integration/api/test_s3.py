"""With an S3 store, downloads are redirected to signed addresses of the store."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import requests

from api_service.app import close_app, create_app
from shared.settings import Settings
from shared.state.finish import finish
from shared.state.finished import AttemptKey, Finished, OutputFile
from tests.integration.api.conftest import Client
from tests.seaweedfs import SeaweedServer, running_seaweedfs


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedServer]:
    with running_seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


def test_inputs_and_outputs_are_fetched_by_a_signed_address(
    api: Client, settings: Settings, seaweed: SeaweedServer, model: bytes, weather: bytes, tmp_path: Path
) -> None:
    store = seaweed.store(f"test-{uuid4()}")
    app = create_app(settings, storage=store, broker=api.broker)
    api.client = app.test_client()
    simulation = api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()
    claimed = api.start(api.runs(simulation["id"])[0])
    (tmp_path / "eplusout.err").write_bytes(b"all is well")
    stored = store.put_output(tmp_path / "eplusout.err", claimed.run_id, 1, "eplusout.err")
    files = [OutputFile("eplusout.err", stored.key, stored.sha256, stored.size)]
    with api.database.transaction() as connection:
        key = AttemptKey(UUID(simulation["id"]), claimed.run_id, 1)
        assert finish(connection, key, Finished("success", {}, None, (), files))

    hrefs = {
        simulation["inputs"][0]["href"]: model,
        f"/api/v1/runs/{claimed.run_id}/files/eplusout.err": b"all is well",
    }
    for href, expected in hrefs.items():
        answer = api.get(href)
        assert answer.status_code == 302
        assert requests.get(answer.headers["Location"], timeout=30).content == expected
    # Pages may load from this server only.
    whole = api.get(f"/api/v1/runs/{claimed.run_id}/files/eplusout.err?redirect=false")
    assert (whole.status_code, whole.get_data()) == (200, b"all is well")

    close_app(app)
