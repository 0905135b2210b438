"""A private RabbitMQ node from Debian's package: own data, own ports, own name server, loopback only."""

import base64
import hashlib
import http.client
import json
import os
import socket
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from deploy.local.install import RABBITMQ, RABBITMQ_SERVER, ensure
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Process, wait_until

USER = "epsm"
VHOST = "epsm"
#: The first bytes that an AMQP 0-9-1 client sends, and the first byte of the server's answer.
PROTOCOL_HEADER, METHOD_FRAME = b"AMQP\x00\x00\x09\x01", b"\x01"


class RabbitPorts(NamedTuple):
    """Ports of a node: AMQP clients, management, Prometheus, Erlang's distribution and name server."""

    amqp: int
    management: int
    metrics: int
    distribution: int
    names: int


class RabbitServer:
    """One node; its messages survive stop, kill and start."""

    def __init__(self, directory: Path, ports: RabbitPorts, password: str, consumer_timeout_seconds: float) -> None:
        self.directory = directory / "rabbitmq"
        self._ports = ports
        self.process = Process("rabbitmq", directory)
        self._names = Process("epmd", directory)
        self._password = password
        self._consumer_timeout = consumer_timeout_seconds

    def url(self, vhost: str = VHOST) -> str:
        """Returns the AMQP URL of one of its virtual hosts."""
        return f"amqp://{USER}:{self._password}@{LOOPBACK}:{self._ports.amqp}/{quote(vhost, safe='')}"

    @property
    def management_url(self) -> str:
        """Returns the base URL of the management API, without user and password."""
        return f"http://{LOOPBACK}:{self._ports.management}"

    def start(self) -> None:
        """Starts the node; returns when it accepts connections. Raises StackError."""
        ensure([RABBITMQ])
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._configure()
        if not self._names_answer():
            # A name server that was left by a crash may listen on an earlier port of this stack.
            self._names.stop()
            self._names.start(["/usr/bin/epmd"], self._environment(), self.directory)
            # A node that finds no name server starts one of its own, which would never be stopped.
            wait_until(self._names_answer, self._names, "RabbitMQ's name server")
        if self.process.pid is None:
            self.process.start([str(RABBITMQ_SERVER)], self._environment(), self.directory)
        wait_until(self.answers, self.process, "RabbitMQ")
        if (pid := self._node_pid()) is not None:
            # The started script waits for the node; the node itself is the process to stop and the one that can crash.
            self.process.adopt(pid)

    def answers(self) -> bool:
        """Returns whether the node accepts connections and has its virtual host."""
        return self._api("GET", f"/api/vhosts/{VHOST}") == http.client.OK and self._shakes_hands()

    def _names_answer(self) -> bool:
        try:
            socket.create_connection((LOOPBACK, self._ports.names), timeout=5).close()
        except OSError:
            return False
        return True

    def _shakes_hands(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self._ports.amqp), timeout=5) as client:
                client.sendall(PROTOCOL_HEADER)
                return client.recv(1) == METHOD_FRAME
        except OSError:
            return False

    def stop(self, *, names: bool = True) -> None:
        """Stops the node and, if `names`, its name server."""
        self.process.stop()
        if names:
            self._names.stop()

    def create_vhost(self, name: str) -> None:
        """Creates an empty virtual host, with all permissions for USER."""
        self._api("PUT", f"/api/vhosts/{name}")
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        self._api("PUT", f"/api/permissions/{name}/{USER}", rights)

    def delete_vhost(self, name: str) -> None:
        """Deletes a virtual host and everything in it."""
        self._api("DELETE", f"/api/vhosts/{name}")

    def _configure(self) -> None:
        lines = {
            "listeners.tcp.1": f"{LOOPBACK}:{self._ports.amqp}",
            "management.tcp.ip": LOOPBACK,
            "management.tcp.port": self._ports.management,
            "prometheus.tcp.ip": LOOPBACK,
            "prometheus.tcp.port": self._ports.metrics,
            "default_user": USER,
            "default_pass": self._password,
            "default_vhost": VHOST,
            "consumer_timeout": int(self._consumer_timeout * 1000),
            "disk_free_limit.absolute": "256MB",
            "vm_memory_high_watermark.absolute": "512MB",
            "log.console": "true",
            "log.console.level": "warning",
            "log.file": "false",
        }
        text = "".join(f"{name} = {value}\n" for name, value in lines.items())
        config = self.directory / "rabbitmq.conf"
        config.touch(mode=0o600)
        config.write_text(text)
        (self.directory / "enabled_plugins").write_text("[rabbitmq_management,rabbitmq_prometheus].\n")

    def _environment(self) -> dict[str, str]:
        here = self.directory
        # Node names are unique per name server, and this one is private; the hash distinguishes nodes in a listing.
        node = hashlib.sha256(str(here.absolute()).encode()).hexdigest()[:8]
        return {
            "PATH": "/usr/lib/rabbitmq/bin:/usr/sbin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(here),
            "RABBITMQ_NODENAME": f"epsm-{node}@localhost",
            "RABBITMQ_BASE": str(here),
            "RABBITMQ_MNESIA_BASE": str(here / "mnesia"),
            "RABBITMQ_LOG_BASE": str(here / "log"),
            "RABBITMQ_PID_FILE": str(here / "node.pid"),
            "RABBITMQ_CONFIG_FILE": str(here / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(here / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(here / "advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(here / "generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(here / "enabled_plugins"),
            "RABBITMQ_DIST_PORT": str(self._ports.distribution),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "ERL_EPMD_PORT": str(self._ports.names),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _node_pid(self) -> int | None:
        try:
            return int((self.directory / "node.pid").read_text())
        except (OSError, ValueError):
            return None

    def _api(self, method: str, path: str, body: object = None) -> int:
        token = base64.b64encode(f"{USER}:{self._password}".encode()).decode()
        connection = http.client.HTTPConnection(LOOPBACK, self._ports.management, timeout=5)
        try:
            headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
