"""Connections to Postgres and RabbitMQ with TLS: verified or refused, with the reason in the error message."""

import gc
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from deploy.local.install import POSTGRES, RABBITMQ
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.postgres import OWNER, PostgresServer
from deploy.local.rabbitmq import RabbitPorts, RabbitServer
from shared.broker.address import broker_address
from shared.broker.broker import EpsmBroker
from shared.broker.publisher import RabbitPublisher
from shared.broker.queues import runs_queue
from shared.db import migrate
from shared.db.address import database_address
from shared.db.database import Database, DatabaseAway
from shared.db.listen import Listener
from shared.messages import BrokerAway, DispatchMessage
from shared.settings import read_settings
from shared.state.writer import DISPATCH_CHANNEL
from shared.storage import StorageError, open_storage
from tests.rows import Rows
from tests.seaweedfs import ACCESS_KEY, BUCKET, SECRET_KEY, running_seaweedfs
from tests.servers import CONSUMER_TIMEOUT_SECONDS, need
from tests.tls import HOST, MUTUAL, Pki, connections, make_pki, secure_postgres, secure_rabbitmq

ENGINE = "25.2.0"
QUEUE = runs_queue(ENGINE, "classic")
PATIENCE_SECONDS = 60
#: pika leaves the socket of a failed handshake to the garbage collector.
LEAVES_SOCKETS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """Collects garbage here, so that this test's warning filters apply to it, not those of a later test."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory, pki: Pki) -> Iterator[PostgresServer]:
    need(POSTGRES)
    server = PostgresServer(tmp_path_factory.mktemp("tls-postgres"), free_ports(1)[0], secrets.token_hex(8))
    try:
        secure_postgres(server, pki)
        yield server
    finally:
        server.stop()
        server.remove()


@pytest.fixture(scope="module", params=[False, True], ids=["any-client", "known-clients-only"])
def rabbitmq(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, pki: Pki
) -> Iterator[tuple[RabbitServer, int, bool]]:
    """A node, the port of its TLS listener, and whether it requires client certificates."""
    need(RABBITMQ)
    *ports, secure = free_ports(6)
    node = RabbitServer(
        tmp_path_factory.mktemp("tls-rabbitmq"), RabbitPorts(*ports), secrets.token_hex(8), CONSUMER_TIMEOUT_SECONDS
    )
    try:
        secure_rabbitmq(node, pki, secure, mutual=request.param)
        yield node, secure, request.param
    finally:
        node.stop()


def postgres_url(server: PostgresServer, pki: Pki, *, host: str = HOST, database: str = "epsm", **given: str) -> str:
    """The address that the services would use."""
    files = {"database_ca_file": pki.ca, **given}
    return database_address(read_settings(database_url=server.url(database, OWNER).replace(LOOPBACK, host), **files))


def test_every_connection_to_postgres_is_encrypted(postgres: PostgresServer, pki: Pki) -> None:
    url = postgres_url(postgres, pki)
    received = threading.Event()

    migrate.upgrade(url)
    migrate.wait(url)
    listener = Listener(url, DISPATCH_CHANNEL, received.set)
    listener.start()
    with closing(Database(url, name="tests")) as database:
        rows = Rows(database)
        run_id = rows.runs(rows.submit(1))[0]
        assert received.wait(PATIENCE_SECONDS)
        with database.transaction() as connection:
            assert rows.start(run_id) is not None
            encrypted = connection.execute(
                text(
                    "SELECT application_name, bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                    " WHERE usename = 'epsm_owner' AND client_port IS NOT NULL GROUP BY 1 ORDER BY 1"
                )
            ).all()
    listener.stop()
    assert encrypted == [(f"epsm-listen-{DISPATCH_CHANNEL}", True), ("tests", True)]


def test_a_postgres_of_another_name_or_authority_is_refused(postgres: PostgresServer, pki: Pki) -> None:
    assert "certificate verify failed" in refusal(postgres_url(postgres, pki, database_ca_file=pki.other_ca))
    assert "does not match host name" in refusal(postgres_url(postgres, pki, host=LOOPBACK))


def test_a_postgres_without_tls_is_refused(postgres_server: PostgresServer, pki: Pki) -> None:
    said = refusal(postgres_url(postgres_server, pki))

    assert "server does not support SSL, but SSL was required" in said


def test_a_postgres_that_requires_a_certificate_gets_it_or_refuses(postgres: PostgresServer, pki: Pki) -> None:
    shown = postgres_url(postgres, pki, database=MUTUAL, database_cert_file=pki.cert, database_key_file=pki.key)
    with closing(Database(shown, name="tests")) as database:
        database.check()

    assert "requires a valid client certificate" in refusal(postgres_url(postgres, pki, database=MUTUAL))


def refusal(url: str) -> str:
    """The error messages of the pool, the listener's library and a migration for an address; they are identical."""
    with closing(Database(url, name="tests")) as database, pytest.raises(DatabaseAway) as refused:
        database.check()
    with pytest.raises(OperationalError) as unmigrated:
        migrate.upgrade(url)
    assert str(refused.value) in str(unmigrated.value)
    return str(refused.value)


def test_a_store_with_a_private_authority_is_verified(pki: Pki, tmp_path: Path) -> None:
    with running_seaweedfs(tmp_path, pki) as server:
        settings = {
            "storage_url": f"s3://{BUCKET}/files",
            "s3_endpoint_url": server.url,
            "s3_access_key": ACCESS_KEY,
            "s3_secret_key": SECRET_KEY,
        }
        open_storage(read_settings(**settings, s3_ca_file=pki.ca)).check()

        for unknown in ({}, {"s3_ca_file": pki.other_ca}):
            with pytest.raises(StorageError, match="certificate verify failed"):
                open_storage(read_settings(**settings, **unknown)).check()


def rabbitmq_url(port: int, node: RabbitServer, pki: Pki, *, host: str = HOST, **given: str) -> str:
    """The address that the services would use."""
    credentials, _, place = node.url().removeprefix("amqp://").partition("@")
    vhost = place.partition("/")[2]
    files = {"broker_ca_file": pki.ca, **given}
    return broker_address(read_settings(broker_url=f"amqps://{credentials}@{host}:{port}/{vhost}", **files))


def test_a_run_goes_through_an_encrypted_rabbitmq(rabbitmq: tuple[RabbitServer, int, bool], pki: Pki) -> None:
    node, port, _ = rabbitmq
    url = rabbitmq_url(port, node, pki, broker_cert_file=pki.cert, broker_key_file=pki.key)
    sent = DispatchMessage(uuid4(), uuid4(), "test")
    with closing(RabbitPublisher(url, queue_type="classic")) as publisher, closing(EpsmBroker(url)) as broker:
        publisher.check()
        publisher.publish_run(ENGINE, sent)
        broker.declare_queue(QUEUE)
        consumer = broker.consume(QUEUE, timeout=PATIENCE_SECONDS * 1000)

        received = next(consumer)

        assert received is not None
        assert received.kwargs["run_id"] == str(sent.run_id)
        consumer.ack(received)
        # The connections of the publisher, of the declaration and of the consumer.
        assert_encrypted(node, 3)
        consumer.close()


def assert_encrypted(node: RabbitServer, count: int) -> None:
    """Waits, because the management plugin lists connections and their properties after some seconds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while [(c.get("ssl"), c.get("user")) for c in connections(node)] != [(True, "epsm")] * count:
        assert time.monotonic() < deadline, connections(node)
        time.sleep(0.2)


@LEAVES_SOCKETS
def test_a_rabbitmq_of_another_name_or_authority_is_refused(rabbitmq: tuple[RabbitServer, int, bool], pki: Pki) -> None:
    node, port, _ = rabbitmq
    client = {"broker_cert_file": pki.cert, "broker_key_file": pki.key}

    of_another_authority = unreachable(rabbitmq_url(port, node, pki, **{**client, "broker_ca_file": pki.other_ca}))
    assert all("certificate verify failed" in said for said in of_another_authority)
    of_another_name = unreachable(rabbitmq_url(port, node, pki, host=LOOPBACK, **client))
    assert all("IP address mismatch, certificate is not valid for '127.0.0.1'" in said for said in of_another_name)


@LEAVES_SOCKETS
def test_a_rabbitmq_without_tls_is_refused(rabbitmq: tuple[RabbitServer, int, bool], pki: Pki) -> None:
    node, _, _ = rabbitmq
    plain = int(node.url().rpartition(":")[2].partition("/")[0])

    assert all("does not speak TLS" in said for said in unreachable(rabbitmq_url(plain, node, pki)))


@LEAVES_SOCKETS
def test_a_rabbitmq_that_requires_a_certificate_refuses(rabbitmq: tuple[RabbitServer, int, bool], pki: Pki) -> None:
    node, port, mutual = rabbitmq
    url = rabbitmq_url(port, node, pki)

    if mutual:
        # It may hang up before its alert has been read; both messages name the setting.
        assert all("certificate of its clients, which EPSM_BROKER_CERT_FILE names" in said for said in unreachable(url))
    else:
        with closing(RabbitPublisher(url, queue_type="classic")) as publisher:
            publisher.check()


def unreachable(url: str) -> list[str]:
    """The error messages of a publisher for an address: of a check, and of a message."""
    publisher = RabbitPublisher(url, queue_type="classic")
    said = []
    for attempt in (publisher.check, lambda: publisher.publish_canary(uuid4())):
        with pytest.raises(BrokerAway) as refused:
            attempt()
        said.append(str(refused.value))
    publisher.close()
    return said
