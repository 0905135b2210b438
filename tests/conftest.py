"""Fixtures for all tests, and a last line of output that counts tests by the resources they need."""

import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from deploy.local.postgres import OWNER, PostgresServer
from deploy.local.rabbitmq import RabbitServer
from shared.confinement.launcher import Launcher
from shared.db.database import Database
from shared.state.backlog import wrong_counters
from shared.state.ledger import discrepancies
from tests import fuzzing
from tests.rows import Rows
from tests.servers import FORGETFUL, TEMPLATE, running_postgres, running_rabbitmq

KINDS = ("unit", "hostile", "integration", "deploy", "e2e", "chaos")
#: Kinds that are selected by a marker of the same name.
MARKED = ("hostile", "integration", "e2e", "chaos")
OUTCOMES = ("passed", "failed", "error", "skipped")
HERE = Path(__file__).parent
pytest_plugins = ("tests.parallel",)
numbers = itertools.count(1)
# Must happen before pytest selects a profile.
fuzzing.register()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests by their directory."""
    for item in items:
        if (kind := _kind(item.path)) in MARKED:
            item.add_marker(getattr(pytest.mark, kind))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Counts outcomes by kind, so that skipped servers are visible."""
    counted: Counter[tuple[str, str]] = Counter()
    for outcome in OUTCOMES:
        for report in terminalreporter.getreports(outcome):
            counted[_kind(HERE.parent / report.nodeid.split("::")[0]), outcome] += 1
    parts = []
    for kind in KINDS:
        said = [f"{n} {outcome}" for outcome in OUTCOMES if (n := counted[kind, outcome])]
        parts.append(f"{kind}: {', '.join(said) or 'none'}")
    terminalreporter.write_line("; ".join(parts))


def _kind(path: Path) -> str:
    return path.relative_to(HERE).parts[0] if path.is_relative_to(HERE) else ""


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A Postgres server for the whole session."""
    with running_postgres(tmp_path_factory.mktemp("postgres"), FORGETFUL) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """A RabbitMQ node for the whole session."""
    with running_rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as server:
        yield server


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    """A launcher of engines; all its processes end with the test."""
    made = Launcher()
    yield made
    made.close()


@pytest.fixture
def database_url(postgres_server: PostgresServer) -> str:
    """Address of a fresh, migrated database."""
    name = f"test_{next(numbers)}"
    postgres_server.create_database(name, template=TEMPLATE)
    return postgres_server.url(name)


@pytest.fixture
def owner_url(postgres_server: PostgresServer, database_url: str) -> str:
    """Address of the same database for the owner of its tables."""
    return postgres_server.url(make_url(database_url).database or "", OWNER)


@pytest.fixture
def owner(owner_url: str) -> Iterator[Database]:
    """The same database as its owner, who may do more than services."""
    opened = Database(owner_url, name="owner")
    yield opened
    opened.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated database."""
    opened = Database(database_url, name="tests")
    yield opened
    opened.close()


@pytest.fixture
def rows(database: Database) -> Iterator[Rows]:
    """Inserts and changes rows; after each test, all counters must agree with the rows."""
    yield Rows(database)
    with database.transaction() as connection:
        assert discrepancies(connection) == {}
        assert wrong_counters(connection) == {}


@pytest.fixture
def broker_url(rabbitmq_server: RabbitServer) -> Iterator[str]:
    """Address of a fresh virtual host."""
    name = f"test-{next(numbers)}"
    rabbitmq_server.create_vhost(name)
    yield rabbitmq_server.url(name)
    rabbitmq_server.delete_vhost(name)
