"""Downloads through the HTTP server: large ones, parts of them, and clients that do not read on."""

import hashlib
import http.client
import json
import random
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from deploy.local.postgres import PostgresServer
from tests.integration.api.serving import Served, read_all, serving
from tests.servers import TEMPLATE

SIZE = 48 * 1024**2


@dataclass(frozen=True)
class Offered:
    """A server with one large stored file."""

    server: Served
    content: bytes

    @property
    def path(self) -> str:
        return f"/api/v1/artifacts/{hashlib.sha256(self.content).hexdigest()}"

    def get(self, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)) as connection:
            connection.request(method, self.path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()


@pytest.fixture(scope="module")
def offered(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, model: bytes, weather: bytes
) -> Iterator[Offered]:
    postgres_server.create_database("offered", template=TEMPLATE)
    settings = {"EPSM_MAX_BODY_BYTES": str(2 * SIZE), "EPSM_API_PATIENCE_SECONDS": "1"}
    directory = tmp_path_factory.mktemp("offered")
    with serving(postgres_server.url("offered"), directory, **settings) as server:
        content = random.Random(1).randbytes(SIZE)
        files = {"models": ("a.idf", model), "weather": ("b.epw", weather), "files": ("large.csv", content)}
        url = f"http://127.0.0.1:{server.port}/api/v1/simulations"
        answer = requests.post(url, files=files, data={"spec": json.dumps({})}, timeout=120)
        assert answer.status_code == 201, answer.text
        yield Offered(server, content)


def test_a_large_file_comes_whole(offered: Offered) -> None:
    status, _, body = offered.get()

    assert (status, body == offered.content) == (200, True)


def test_a_part_and_the_head_of_a_file_come_alone(offered: Offered) -> None:
    status, headers, body = offered.get(Range="bytes=1000-1999")
    assert (status, body) == (206, offered.content[1000:2000])
    assert headers["Content-Range"] == f"bytes 1000-1999/{SIZE}"

    status, headers, body = offered.get("HEAD")
    assert (status, headers["Content-Length"], body) == (200, str(SIZE), b"")


def test_clients_that_do_not_read_cost_no_memory_and_are_disconnected(offered: Offered) -> None:
    offered.get()
    before = offered.server.status("VmRSS")
    with ExitStack() as stack:
        clients = [
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", offered.server.port), timeout=60)))
            for _ in range(8)
        ]
        for client in clients:
            client.sendall(f"GET {offered.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        deadline = time.monotonic() + 60
        while _abandoned(offered.server) < len(clients) and time.monotonic() < deadline:
            time.sleep(0.1)

        assert _abandoned(offered.server) == len(clients)
        # Each holds the 1 MiB that was read from the store and a few parts of the server, and not the whole 48 MiB.
        assert offered.server.status("VmRSS") - before < 32 * 1024
        assert all(len(read_all(client)) < SIZE for client in clients)


def _abandoned(server: Served) -> int:
    return Path(server.scratch.parent / "log").read_text().count("response.abandoned")
