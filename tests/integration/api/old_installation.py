"""The API as it stands beside an old installation: its HTTP server, sign-in on, and the old page on another port."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from pydantic import SecretStr

from deploy.local.ports import free_ports
from deploy.local.postgres import PostgresServer
from shared.settings import Settings
from tests.integration.api.conftest import Client, running_api
from tests.integration.api.old_page import FETCH
from tests.integration.api.serving import Served, serving
from tests.models import SMALL_OFFICE
from tests.servers import TEMPLATE
from tests.web_sockets import web_socket

LARGEST_BODY = 8 * 1024**2


@dataclass(frozen=True)
class Installation:
    """A server, a stand-in for its workers with the same database and store, and the ports of two pages."""

    server: Served
    workers: Client
    trusted_port: int
    foreign_port: int

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.trusted_port}"

    @property
    def foreign_origin(self) -> str:
        return f"http://localhost:{self.foreign_port}"

    def sign_in(self, owner: str) -> "Person":
        """A new session, begun on the API's own page with a token."""
        session, address = requests.Session(), f"http://127.0.0.1:{self.server.port}/sign-in"
        field = re.search(r'csrf_token" value="([^"]+)"', session.get(address, timeout=60).text)
        assert field is not None
        secret = self.workers.calling_as(owner).secret
        form = {"token": secret, "csrf_token": field[1]}
        assert session.post(address, form, allow_redirects=False, timeout=60).status_code == 303
        return Person(self, session)


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in and uses the old page, which is on another port of the same site."""

    at: Installation
    session: requests.Session

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """A call of the page's script."""
        headers = {"Origin": self.at.origin, **FETCH, **options.pop("headers", {})}
        if method != "GET":
            headers |= {"X-CSRFToken": "of django"}
        if "files" in options:
            del headers["Content-Type"]
        address = f"http://127.0.0.1:{self.at.server.port}{path}"
        return self.session.request(method, address, headers=headers, timeout=60, **options)

    def open(self, path: str) -> requests.Response:
        """What `window.open` does: a browser sends the cookie and no other header."""
        return self.session.get(f"http://127.0.0.1:{self.at.server.port}{path}", timeout=60)

    def run(self, weather: bytes) -> str:
        """Submits a model; returns the id of the simulation."""
        files = [("idf_files", ("office.idf", SMALL_OFFICE.read_bytes())), ("weather_file", ("b.epw", weather))]
        answer = self.call("POST", "/api/simulation/run/", files=files, data={"parallel": "true"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["simulation_id"])

    def follow(self, path: str, **headers: str) -> Any:
        """A WebSocket, opened by the page's script."""
        given = {"Origin": self.at.origin, "Cookie": self.cookie, **headers}
        return web_socket(self.at.server.port, path, **{name: value for name, value in given.items() if value})


@contextmanager
def old_installation(postgres: PostgresServer, name: str, directory: Path, **settings: str) -> Iterator[Installation]:
    """Starts the server on a new database `name`, and ends it."""
    postgres.create_database(name, template=TEMPLATE)
    trusted, foreign = free_ports(2)
    (served := directory / "served").mkdir()
    store = (directory / "workers/storage").as_uri()
    origins = f"http://localhost:{trusted},http://127.0.0.1:{trusted}"
    own = Settings(
        database_url=SecretStr(postgres.url(name)), storage_url=store, scratch_directory=directory / "workers/scratch"
    )
    with (
        serving(
            postgres.url(name),
            served,
            EPSM_AUTH="required",
            EPSM_STORAGE_URL=store,
            EPSM_TRUSTED_ORIGINS=origins,
            EPSM_MAX_BODY_BYTES=str(LARGEST_BODY),
            **settings,
        ) as server,
        running_api(own, directory / "workers") as workers,
    ):
        yield Installation(server, workers, trusted, foreign)
