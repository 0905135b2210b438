"""Roles of Postgres: what services, migrations and the exporter may do, and how existing databases get them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege

from deploy.local.postgres import EXPORTER, OWNER, SERVICE, SUPERUSER, PostgresServer
from shared.db import migrate
from shared.db.address import services_role
from shared.settings import Settings, read_settings
from tests.conftest import HERE
from tests.servers import TEMPLATE

ROLES = (OWNER, SERVICE, EXPORTER)
OF_NOBODY = {
    "a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "a program's output": "CREATE TEMP TABLE said (line text); COPY said FROM PROGRAM 'id'",
    "a file": "SELECT pg_read_file('/etc/passwd')",
    "the superuser": f"ALTER ROLE {SUPERUSER} PASSWORD 'mine'",
    "superuser": f"SET ROLE {SUPERUSER}",
    "passwords": "SELECT rolpassword FROM pg_authid",
    "a role": "CREATE ROLE another SUPERUSER",
    "a setting": "SET log_statement = 'all'",
}
OF_OWNERS = {
    "a new table": "CREATE TABLE mine (a integer)",
    "a changed table": "ALTER TABLE runs ADD COLUMN mine integer",
    "an emptied table": "TRUNCATE runs CASCADE",
    "no trigger": "ALTER TABLE runs DISABLE TRIGGER ALL",
    "the revision": "UPDATE alembic_version SET version_num = 'x'",
    "a function": "CREATE OR REPLACE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
}


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    """Executes a statement and rolls it back; returns its rows."""
    with closing(psycopg2.connect(url.replace("+psycopg2", ""))) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_a_superuser_or_makes_one(postgres_server: PostgresServer, role: str) -> None:
    url = postgres_server.url(TEMPLATE, role)

    rights = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
    assert ask(url, f"SELECT {rights} FROM pg_roles WHERE rolname = current_user") == [(False,) * 5]  # noqa: S608
    for statement in OF_NOBODY.values():
        with pytest.raises(InsufficientPrivilege):
            ask(url, statement)


@pytest.mark.parametrize("role", [SERVICE, EXPORTER])
def test_the_schema_is_changed_by_migrations_alone(postgres_server: PostgresServer, role: str) -> None:
    for statement in OF_OWNERS.values():
        with pytest.raises(InsufficientPrivilege):
            ask(postgres_server.url(TEMPLATE, role), statement)


def test_the_exporter_sees_the_server_and_no_row(postgres_server: PostgresServer) -> None:
    url = postgres_server.url(TEMPLATE, EXPORTER)

    assert ask(url, "SELECT pg_has_role('pg_monitor', 'USAGE')") == [(True,)]
    for table in ("runs", "tokens", "alembic_version"):
        with pytest.raises(InsufficientPrivilege):
            ask(url, f"SELECT * FROM {table}")  # noqa: S608


@pytest.fixture
def bare(postgres_server: PostgresServer) -> Iterator[str]:
    """Name of an empty database."""
    name = "roles"
    postgres_server.create_database(name)
    yield name
    with closing(postgres_server._connect("postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def upgrade(**addresses: str) -> str:
    """Runs the command with these addresses; returns what it says."""
    environment = {f"EPSM_{name.upper()}": url for name, url in addresses.items()}
    command = [sys.executable, "-m", "shared.db", "upgrade"]
    done = subprocess.run(command, env=environment, cwd=HERE.parent, capture_output=True, text=True, check=False)
    return done.stderr


def test_a_table_is_open_to_services_from_its_first_moment(postgres_server: PostgresServer, bare: str) -> None:
    migrate.upgrade(postgres_server.url(bare, OWNER), "0001", services=SERVICE)
    # As a migration does that has not ended.
    migrate.upgrade(postgres_server.url(bare, OWNER))

    assert ask(postgres_server.url(bare), "SELECT count(*) FROM inspections") == [(0,)]


def test_one_address_is_enough(postgres_server: PostgresServer, bare: str) -> None:
    url = postgres_server.url(bare, OWNER)

    assert upgrade(database_url=url) == ""
    assert ask(url, "SELECT count(*) FROM runs") == [(0,)]
    # Later there are two.
    assert upgrade(database_url=postgres_server.url(bare), migration_database_url=url) == ""
    assert ask(postgres_server.url(bare), "SELECT count(*) FROM runs") == [(0,)]


@pytest.mark.parametrize(
    ("given", "role"),
    [
        ({}, None),
        ({"migration_database_url": "postgresql://epsm_owner:x@db/epsm"}, "epsm"),
        ({"migration_database_url": "postgresql://epsm:x@direct/epsm"}, None),
        ({"migration_database_url": ""}, None),
    ],
)
def test_rights_are_given_when_there_are_two_roles(given: dict[str, str], role: str | None) -> None:
    settings: Settings = read_settings(database_url="postgresql://epsm:y@db/epsm", **given)

    assert services_role(settings) == role


def test_what_an_earlier_version_made_as_superuser_gets_its_owner(postgres_server: PostgresServer) -> None:
    url = postgres_server.url(role=SUPERUSER)
    migrate.upgrade(url)
    others = (
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relowner <> 'epsm_owner'::regrole UNION ALL SELECT proname::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND proowner <> 'epsm_owner'::regrole"
    )
    assert len(ask(url, others)) > 20

    for _ in range(2):
        postgres_server.start()
        migrate.upgrade(postgres_server.url(role=OWNER), services=SERVICE)

    assert ask(url, others) == []
    assert ask(postgres_server.url(), "SELECT count(*) FROM runs") == [(0,)]
