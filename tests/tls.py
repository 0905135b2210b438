"""TLS for tests: a private authority, and private Postgres and RabbitMQ servers with certificates from it."""

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
#: A database that accepts only clients with a certificate.
MUTUAL = "mutual"


@dataclass(frozen=True)
class Pki:
    """Files of an authority, of a client certificate from it, and of another authority."""

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
    def other_ca(self) -> str:
        return str(self.directory / "other-ca.pem")


def make_pki(directory: Path) -> Pki:
    """Creates an authority and a client certificate."""
    pki = Pki(directory, trustme.CA())
    directory.mkdir(parents=True, exist_ok=True)
    pki.authority.cert_pem.write_to_path(pki.ca)
    trustme.CA().cert_pem.write_to_path(pki.other_ca)
    client = pki.authority.issue_cert("client@epsm.example", common_name="epsm")
    client.cert_chain_pems[0].write_to_path(pki.cert)
    client.private_key_pem.write_to_path(pki.key)
    Path(pki.key).chmod(0o600)
    return pki


def secure_postgres(server: PostgresServer, pki: Pki) -> None:
    """Starts the server with TLS only; its certificate is for `localhost` and not for 127.0.0.1."""
    server.start()
    server.create_database(MUTUAL)
    server.stop()
    data = server.data
    issue(pki, data)
    with (data / "postgresql.conf").open("a") as conf:
        conf.write("ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\nssl_ca_file = 'ca.pem'\n")
    (data / "pg_hba.conf").write_text(
        f"hostssl {MUTUAL} all {LOOPBACK}/32 scram-sha-256 clientcert=verify-ca\n"
        f"hostssl all all {LOOPBACK}/32 scram-sha-256\n"
    )
    if os.geteuid() == 0:
        for name in ("server.pem", "server.key", "ca.pem"):
            shutil.chown(data / name, SERVER_USER, SERVER_USER)
    server.start()


def secure_rabbitmq(server: RabbitServer, pki: Pki, port: int, *, mutual: bool = False) -> None:
    """Starts the server with an additional TLS listener; `mutual` accepts only clients with a certificate."""
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
    """Returns the connections that the management plugin of RabbitMQ lists."""
    address = urlsplit(server.url())
    url = f"http://{LOOPBACK}:{server._ports.management}/api/connections"
    answer = requests.get(url, auth=(address.username or "", address.password or ""), timeout=30)
    answer.raise_for_status()
    return list(answer.json())


def issue(pki: Pki, directory: Path) -> None:
    """Writes a certificate for `localhost`, its key and the authority's certificate."""
    pki.authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    made = pki.authority.issue_cert(HOST)
    made.cert_chain_pems[0].write_to_path(str(directory / "server.pem"))
    made.private_key_pem.write_to_path(str(directory / "server.key"))
    (directory / "server.key").chmod(0o600)
