"""Event streams as clients see them: over HTTP, with tokens that end, and with servers that go away."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import NullPool, create_engine, text

from deploy.local.postgres import SUPERUSER, PostgresServer
from shared.db.database import Database
from tests.integration.api.following import Received, parse
from tests.integration.api.guarded import Guarded
from tests.integration.api.serving import Served, serving
from tests.rows import Rows
from tests.servers import TEMPLATE


class Stream:
    """One open stream."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._received = b""

    def until(self, condition: Callable[[list[Received]], bool]) -> list[Received]:
        """Reads until the events so far meet the condition."""
        while not condition(self.events()):
            chunk = self._client.recv(65536)
            assert chunk, f"the stream has ended after {self._received!r}"
            self._received += chunk
        return self.events()

    def events(self) -> list[Received]:
        _, _, rest = self._received.partition(b"\r\n\r\n")
        body = b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            body += rest[: int(size, 16)]
            rest = rest[int(size, 16) + 2 :]
        # Without a block that has not come completely.
        return parse(body[: body.rfind(b"\n\n") + 2])

    def end(self) -> list[Received]:
        """Reads until the server ends the stream."""
        while chunk := self._client.recv(65536):
            self._received += chunk
            if self._received.endswith(b"\r\n0\r\n\r\n"):
                break
        return self.events()


@contextmanager
def following(server: Served, path: str, *headers: str) -> Iterator[Stream]:
    with closing(socket.create_connection(("127.0.0.1", server.port), 60)) as client:
        lines = [f"GET /api/v1{path} HTTP/1.1", "Host: localhost", *headers, "", ""]
        client.sendall("\r\n".join(lines).encode())
        yield Stream(client)


def bearer(token: str) -> str:
    return f"Authorization: Bearer {token}"


def has(event: str, **values: object) -> Callable[[list[Received]], bool]:
    """Whether an event of this name has these values."""
    return lambda events: any(e.event == event and values.items() <= e.data.items() for e in events)


@pytest.fixture
def rows(guarded: Guarded) -> Rows:
    return Rows(guarded.database)


def test_a_stream_shows_changes_and_the_fleet_to_whoever_may_see_them(guarded: Guarded, rows: Rows) -> None:
    with ExitStack() as stack:
        anna, bert = (
            stack.enter_context(following(guarded.server, "/events", bearer(guarded.token(owner))))
            for owner in ("anna", "bert")
        )
        for stream in (anna, bert):
            assert stream.until(has("queues"))
        simulation = rows.submit(owner="anna")
        rows.worker("newcomer")
        (run,) = rows.runs(simulation)
        rows.finish(rows.start(run))

        seen = anna.until(has("simulation", status="succeeded"))
        assert has("run", id=str(run), status="succeeded")(seen)
        seen = bert.until(has("worker", id="newcomer"))
        assert not {"simulation", "run"} & {event.event for event in seen}
        # Which runs a worker has depends on who asks.
        assert all("runs" not in event.data for event in seen if event.event == "worker")
        (health,) = {str(event.data["parts"]["broker"]["ok"]) for event in seen if event.event == "health"}
        # Nothing listens where RabbitMQ should be.
        assert health == "False"


def test_another_owners_simulation_cannot_be_followed(guarded: Guarded, rows: Rows) -> None:
    simulation = rows.submit(owner="anna")
    path = f"/api/v1/simulations/{simulation}/events"

    assert guarded.get(guarded.token("bert"), path) == 404
    assert guarded.get(guarded.token("anna"), path) == 200
    assert guarded.get(guarded.token("anna"), f"/api/v1/simulations/{UUID(int=0)}/events") == 404


def test_a_revoked_token_and_an_ended_session_end_their_streams(guarded: Guarded) -> None:
    revoked, kept = guarded.token("leaver"), guarded.token("stayer")
    with (
        following(guarded.server, "/events", bearer(revoked)) as ending,
        following(guarded.server, "/events", bearer(kept)) as going_on,
    ):
        for stream in (ending, going_on):
            stream.until(has("queues"))
        with guarded.database.transaction() as connection:
            connection.exec_driver_sql("UPDATE tokens SET revoked_at = now() WHERE owner = 'leaver'")
        ending.end()
        Rows(guarded.database).submit(owner="stayer")

        going_on.until(has("simulation", owner="stayer"))
    assert guarded.get(revoked, "/api/v1/events") == 401


def test_nothing_is_missed_while_postgres_and_then_the_api_are_away(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    postgres_server.create_database("away", template=TEMPLATE)
    url = postgres_server.url("away")
    database = Database(url, name="tests")
    rows = Rows(database)
    simulation = rows.submit(3)
    first, second, third = rows.runs(simulation)
    path = f"/simulations/{simulation}/events"
    with serving(url, tmp_path) as server, following(server, path) as stream:
        stream.until(has("health"))
        with away(postgres_server, "away"):
            stream.until(lambda events: not events[-1].data.get("parts", {"database": {"ok": True}})["database"]["ok"])
        rows.finish(rows.start(first))
        stream.until(has("run", id=str(first), status="succeeded"))
        rows.finish(rows.start(second))
        last = stream.until(has("run", id=str(second), status="succeeded"))[-1].id

    rows.finish(rows.start(third))
    with serving(url, tmp_path) as server, following(server, path, f"Last-Event-ID: {last}") as stream:
        events = stream.until(has("simulation", status="succeeded"))
        assert stream.until(has("run", id=str(third)))
    database.close()
    assert "reset" not in {event.event for event in events}


@contextmanager
def away(server: PostgresServer, name: str) -> Iterator[None]:
    """A database that nobody can connect to."""
    engine = create_engine(server.url("postgres", SUPERUSER), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        yield
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))


@pytest.mark.parametrize("cursor", ["seven", "-1", "9" * 5000, "\u0663"])
def test_a_malformed_cursor_is_answered_by_a_reset(guarded: Guarded, cursor: str) -> None:
    token = bearer(guarded.token("confused"))
    with following(guarded.server, "/events", token, f"Last-Event-ID: {cursor}") as stream:
        assert stream.until(has("reset"))[0].event == "reset"
