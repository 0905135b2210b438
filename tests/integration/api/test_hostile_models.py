"""Models that take much of their reader, sent to the real server: it goes on answering, and its memory stays small."""

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from deploy.local.postgres import PostgresServer
from tests.integration.api.serving import Served, serving
from tests.models import SMALL_OFFICE, weather
from tests.servers import TEMPLATE

BLANKS = b"Version,25.2;\nZone" + b" " * 200_000 + b";"
#: Of the memory of the process that serves, in KiB.
GROWTH_KIB = 100 * 1024
BODY_BYTES = 128 << 20


def wide() -> bytes:
    """An epJSON model of 33 MB with 1.85 million keys in one object."""
    keys = ",".join(f'"key{number:010d}":1' for number in range(1_850_000))
    return b'{"Version": {"v": {"version_identifier": "25.2"}}, "Zone": {"Z": {%s}}}' % keys.encode()


@pytest.fixture(scope="module")
def server(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    postgres_server.create_database("hostile_models", template=TEMPLATE)
    settings = {"EPSM_MAX_BODY_BYTES": str(BODY_BYTES)}
    with serving(postgres_server.url("hostile_models"), tmp_path_factory.mktemp("server"), **settings) as running:
        yield running


def submit(server: Served, name: str, model: bytes) -> requests.Response:
    files = [("models", (name, model)), ("weather", ("w.epw", weather("Chicago").read_bytes()))]
    return requests.post(f"http://127.0.0.1:{server.port}/api/v1/simulations", files=files, timeout=300)


def listing(server: Served) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("GET", "/api/v1/simulations")
        return connection.getresponse().status


def while_answering(server: Served, name: str, *models: bytes) -> list[requests.Response]:
    """Sends the models at once, and asks for other things until the last of them is answered."""
    answers: list[requests.Response] = []
    threads = [
        threading.Thread(target=lambda model=model: answers.append(submit(server, name, model))) for model in models
    ]
    for thread in threads:
        thread.start()
    asked = 0
    while any(thread.is_alive() for thread in threads):
        assert server.lives()
        assert listing(server) == 200
        asked += 1
    assert asked > 1
    return answers


def test_blanks_behind_a_class(server: Served) -> None:
    (answer,) = while_answering(server, "blanks.idf", BLANKS)

    assert answer.status_code == 422


def test_two_models_of_a_million_keys_at_once(server: Served) -> None:
    model = wide()
    assert 32_000_000 < len(model) < 32 << 20
    submit(server, "small.idf", SMALL_OFFICE.read_bytes())
    before = server.status("VmHWM")

    answers = while_answering(server, "wide.epJSON", model, model)

    assert [answer.status_code for answer in answers] == [422, 422]
    for answer in answers:
        (fault,) = json.loads(answer.text)["errors"]
        assert fault["field"] == "models[0]"
        assert fault["message"] == "'wide.epJSON': reading this model took more than 256 MB of memory"
    assert server.status("VmHWM") - before < GROWTH_KIB
    assert server.spool_is_empty()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_launcher_ends_with_the_server(
    number: signal.Signals, server: Served, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    assert server.lives()
    with serving(postgres_server.url("hostile_models"), tmp_path) as other:
        (launcher,) = Path(f"/proc/{other.worker}/task/{other.worker}/children").read_text().split()
        assert Path(f"/proc/{launcher}").exists()
        os.kill(other.pid, number)

    deadline = time.monotonic() + 60
    while Path(f"/proc/{launcher}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{launcher}").exists()
