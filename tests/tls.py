"""Servers that speak TLS: a private authority, and what turns a private Postgres and RabbitMQ into servers with it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import trustme

from deploy.local.ports import LOOPBACK
from deploy.local.postgres import SERVER_USER, PostgresServer
from deploy.local.rabbitmq import RabbitServer

HOST = "localhost"
#: A database that only a client with a certificate is let into.
MUTUAL = "mutual"


@dataclass(frozen=True)
class Pki:
    """Files of an authority, of a client that it has vouched for, and of another authority."""

    directory: Path
    authority: trustme.CA

    @property
    def ca(self) -> str:
        return str(self.directory / "ca.pem")

    @property
    def cert(self) -> str:
        return str(self.directory / "client.pem")

    @property
    def key(self) -> str:
        return str(self.directory / "client.key")

    @property
    def stranger(self) -> str:
        return str(self.directory / "stranger.pem")


def make_pki(directory: Path) -> Pki:
    """A new authority."""
    pki = Pki(directory, trustme.CA())
    directory.mkdir(parents=True, exist_ok=True)
    pki.authority.cert_pem.write_to_path(pki.ca)
    trustme.CA().cert_pem.write_to_path(pki.stranger)
    client = pki.authority.issue_cert("client@epsm.example", common_name="epsm")
    client.cert_chain_pems[0].write_to_path(pki.cert)
    client.private_key_pem.write_to_path(pki.key)
    Path(pki.key).chmod(0o600)
    return pki


def secure_postgres(server: PostgresServer, pki: Pki) -> None:
    """Start it with TLS, and nothing else for our user; its certificate is for `localhost` and not for 127.0.0.1."""
    server.start()
    server.create_database(MUTUAL)
    server.stop()
    data = server.data
    issue(pki, data)
    with (data / "postgresql.conf").open("a") as conf:
        conf.write("ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\nssl_ca_file = 'ca.pem'\n")
    (data / "pg_hba.conf").write_text(
        f"hostssl {MUTUAL} epsm {LOOPBACK}/32 scram-sha-256 clientcert=verify-ca\n"
        f"hostssl all epsm {LOOPBACK}/32 scram-sha-256\n"
    )
    if os.geteuid() == 0:
        for name in ("server.pem", "server.key", "ca.pem"):
            shutil.chown(data / name, SERVER_USER, SERVER_USER)
    server.start()


def secure_rabbitmq(server: RabbitServer, pki: Pki, port: int, *, mutual: bool = False) -> None:
    """Start it with one more listener, which speaks TLS; `mutual` lets in clients with a certificate only."""
    files = server.directory / "tls"
    files.mkdir(parents=True, exist_ok=True)
    issue(pki, files)
    lines = {
        "listeners.ssl.1": f"{LOOPBACK}:{port}",
        "ssl_options.cacertfile": str(files / "ca.pem"),
        "ssl_options.certfile": str(files / "server.pem"),
        "ssl_options.keyfile": str(files / "server.key"),
        "ssl_options.verify": "verify_peer" if mutual else "verify_none",
        "ssl_options.fail_if_no_peer_cert": str(mutual).lower(),
    }
    more = server.directory / "conf.d"
    more.mkdir(exist_ok=True)
    (more / "tls.conf").write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
    server.start()


def connections(server: RabbitServer) -> list[dict[str, Any]]:
    """What RabbitMQ says of every connection that it has told its management about."""
    address = urlsplit(server.url())
    url = f"http://{LOOPBACK}:{server._ports.management}/api/connections"
    answer = requests.get(url, auth=(address.username or "", address.password or ""), timeout=30)
    answer.raise_for_status()
    return list(answer.json())


def issue(pki: Pki, directory: Path) -> None:
    """Write a certificate for `localhost`, its key and the authority's certificate."""
    pki.authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    made = pki.authority.issue_cert(HOST)
    made.cert_chain_pems[0].write_to_path(str(directory / "server.pem"))
    made.private_key_pem.write_to_path(str(directory / "server.key"))
    (directory / "server.key").chmod(0o600)
