"""A statement on a database of somebody else: read only, with one deadline, and errors without the address."""

import socket
from collections.abc import Iterator

import pytest

from deploy.local.ports import LOOPBACK, free_ports
from shared.db.foreign import ForeignDatabaseAway, ForeignDatabaseUnfit, read_rows

SECONDS = 30.0
#: Of tests that wait for it.
SHORT_SECONDS = 0.3


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts connections and never says anything, as a stopped one does."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield f"postgresql://epsm:secret@{LOOPBACK}:{server.getsockname()[1]}/old"


def read(url: str, statement: str, seconds: float = SECONDS) -> object:
    return [dict(row) for row in read_rows(url, statement, {"a": "1"}, name="tests", seconds=seconds)]


def test_rows_are_read_by_name(database_url: str) -> None:
    assert read(database_url, "SELECT %(a)s AS a, NULL AS b") == [{"a": "1", "b": None}]


def test_nothing_can_be_written(database_url: str) -> None:
    with pytest.raises(ForeignDatabaseUnfit, match="cannot execute CREATE TABLE in a read-only transaction"):
        read(database_url, "CREATE TABLE x (a integer)")


def test_a_missing_table_is_named(database_url: str) -> None:
    with pytest.raises(ForeignDatabaseUnfit, match='relation "scenarios" does not exist'):
        read(database_url, "SELECT * FROM scenarios")


def test_a_slow_statement_ends_at_the_deadline(database_url: str) -> None:
    with pytest.raises(ForeignDatabaseAway, match=r"has not answered within 0.3 s|statement timeout"):
        read(database_url, "SELECT pg_sleep(60)", SHORT_SECONDS)


def test_a_silent_server_ends_at_the_deadline(silent: str) -> None:
    with pytest.raises(ForeignDatabaseAway, match=r"has not answered within 0.3 s"):
        read(silent, "SELECT 1", SHORT_SECONDS)


@pytest.mark.parametrize("url", ["postgresql://epsm:secret@{there}/old", "postgresql://no-such-host.invalid/old"])
def test_an_unreachable_server_is_away_and_its_address_a_secret(url: str) -> None:
    address = url.format(there=f"{LOOPBACK}:{free_ports(1)[0]}")

    with pytest.raises(ForeignDatabaseAway) as error:
        read(address, "SELECT 1")

    assert str(error.value) == "cannot be reached"


def test_a_wrong_password_is_not_repeated(database_url: str) -> None:
    head, _, tail = database_url.partition("@")
    with pytest.raises(ForeignDatabaseAway) as error:
        read(f"{head.rpartition(':')[0]}:wrong@{tail}", "SELECT 1")

    assert str(error.value) == "cannot be reached"
