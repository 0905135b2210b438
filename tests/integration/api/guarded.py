"""A server that asks for tokens."""

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from api_service.identity.scope import Scope
from api_service.tokens.queries import create_token
from deploy.local.postgres import PostgresServer
from shared.db.database import Database
from tests.integration.api.serving import Served, serving
from tests.servers import TEMPLATE

POST = "POST /api/v1/simulations HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=cut\r\n"


@dataclass(frozen=True)
class Guarded:
    """A server that asks for tokens."""

    server: Served
    database: Database

    def token(self, owner: str) -> str:
        with self.database.transaction() as connection:
            made = create_token(
                connection, owner=owner, name="test", scopes=[Scope.SUBMIT, Scope.TOKENS], expires_at=None
            )
        return made.token or ""

    def head(self, token: str, *lines: str) -> bytes:
        return "".join(
            [POST, f"Authorization: Bearer {token}\r\n", *(f"{line}\r\n" for line in lines), "\r\n"]
        ).encode()

    def get(self, token: str, path: str) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)) as connection:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            return connection.getresponse().status


@contextmanager
def guarded_server(postgres: PostgresServer, name: str, directory: Path, **settings: str) -> Iterator[Guarded]:
    """Starts the server on a new database `name`, and ends it."""
    postgres.create_database(name, template=TEMPLATE)
    url = postgres.url(name)
    with serving(url, directory, EPSM_AUTH="required", **settings) as server:
        database = Database(url, name="test")
        yield Guarded(server, database)
        database.close()
