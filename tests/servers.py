"""Private servers for tests, removed afterwards: Postgres and RabbitMQ."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.install import POSTGRES, RABBITMQ, missing
from deploy.local.ports import free_ports
from deploy.local.postgres import OWNER, SERVICE, PostgresServer
from deploy.local.rabbitmq import RabbitPorts, RabbitServer
from shared.db import migrate

#: A migrated database; copying it takes a tenth of the time of the migrations.
TEMPLATE = "migrated"
CONSUMER_TIMEOUT_SECONDS = 7200.0
#: For databases that need not survive a crash of the machine. Autovacuum would visit thousands of them all the time.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}


def need(package: str) -> None:
    """Skips the test when a server is not installed, but not in CI, where all tests must run."""
    if missing([package]) and not os.environ.get("CI"):
        pytest.skip(f"{package} is not installed; make test installs it")


@contextmanager
def running_postgres(directory: Path, settings: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """Runs a server with a migrated template while the body runs; its data are deleted afterwards."""
    need(POSTGRES)
    server = PostgresServer(directory, free_ports(1)[0], secrets.token_hex(8), settings)
    try:
        server.start()
        server.create_database(TEMPLATE)
        migrate.upgrade(server.url(TEMPLATE, OWNER), services=SERVICE)
        yield server
    finally:
        server.stop()
        server.remove()


@contextmanager
def running_rabbitmq(directory: Path) -> Iterator[RabbitServer]:
    """Runs a node while the body runs."""
    need(RABBITMQ)
    node = RabbitServer(directory, RabbitPorts(*free_ports(5)), secrets.token_hex(8), CONSUMER_TIMEOUT_SECONDS)
    try:
        node.start()
        yield node
    finally:
        node.stop()
