"""A private Postgres server from Debian's packages: own data directory, own port, loopback only."""

import hashlib
import hmac
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from deploy.local.install import POSTGRES, ensure, postgres_binaries
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Process, StackError, wait_until

#: Debian's user for Postgres, which refuses to run as root.
SERVER_USER = "postgres"
DATABASE = "epsm"
#: The role that made the server, used to set it up; the others are those of `roles.sql`.
SUPERUSER = "epsm"
OWNER, SERVICE, EXPORTER = "epsm_owner", "epsm_service", "epsm_exporter"
ROLES = Path(__file__).resolve().parents[1] / "postgres/roles.sql"


class PostgresServer:
    """One server; its data survive stop, kill and start. `directory` is the stack's, for log, pid file and data.

    `settings` adds to the server's settings.
    """

    def __init__(self, directory: Path, port: int, password: str, settings: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self.port = port
        self.process = Process("postgres", directory)
        self._password = password
        self._settings = dict(settings or {})

    def url(self, database: str = DATABASE, role: str = SERVICE) -> str:
        """Returns the SQLAlchemy URL of one of its databases, for services unless another role is given."""
        return f"postgresql+psycopg2://{role}:{self._password_of(role)}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Starts the server, with an empty database on first use; returns when it answers. Raises StackError."""
        ensure([POSTGRES])
        data = self.data
        if not (data / "PG_VERSION").exists():
            self._create(data)
        if self.process.pid is None:
            (data / "postmaster.pid").unlink(missing_ok=True)
            settings = {
                "port": self.port,
                "listen_addresses": LOOPBACK,
                "unix_socket_directories": "",
                "max_connections": 100,
                "shared_buffers": "64MB",
                "log_min_messages": "warning",
                **self._settings,
            }
            options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            self.process.start(self._command("postgres", "-D", str(data), *options), _environment(), data)
        wait_until(self.answers, self.process, "Postgres")
        self.create_database(DATABASE, owner=SUPERUSER)
        self._make_roles()

    def answers(self) -> bool:
        """Returns whether the server accepts a connection."""
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stops the server in its fast mode, which ends sessions instead of waiting for them."""
        self.process.stop(signal.SIGINT)

    def create_database(self, name: str, template: str = "template1", owner: str = OWNER) -> None:
        """Creates a database if it does not exist."""
        with_connection = self._connect("postgres")
        try:
            with_connection.autocommit = True
            with with_connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{owner}"')
        finally:
            with_connection.close()

    @property
    def data(self) -> Path:
        """The data directory: in the stack's, unless the server's user has no access to it (a home of mode 700)."""
        inside = self.directory / "postgres"
        if os.geteuid() != 0 or _others_can_reach(self.directory):
            return inside
        name = hashlib.sha256(str(self.directory.absolute()).encode()).hexdigest()[:16]
        return Path("/var/lib/epsm") / name

    def remove(self) -> None:
        """Deletes the data directory."""
        shutil.rmtree(self.data, ignore_errors=True)

    def _create(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(data, SERVER_USER, SERVER_USER)
        data.chmod(0o700)
        with tempfile.NamedTemporaryFile("w", suffix=".pw", dir="/tmp") as secret:
            secret.write(self._password)
            secret.flush()
            if os.geteuid() == 0:
                shutil.chown(secret.name, SERVER_USER)
            done = subprocess.run(
                self._command(
                    "initdb",
                    *("-D", str(data), "--username", SUPERUSER, "--pwfile", secret.name, "--auth", "scram-sha-256"),
                    *("--encoding", "UTF8", "--locale", "C.UTF-8"),
                ),
                env=_environment(),
                cwd=data,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode != 0:
            shutil.rmtree(data, ignore_errors=True)
            raise StackError(f"Postgres could not create its data directory: {done.stderr.strip()}")

    def _make_roles(self) -> None:
        passwords = {
            f"EPSM_POSTGRES_{role.removeprefix('epsm_').upper()}_PASSWORD": self._password_of(role)
            for role in (OWNER, SERVICE, EXPORTER)
        }
        server = ("--host", LOOPBACK, "--port", str(self.port), "--username", SUPERUSER, "--dbname", DATABASE)
        done = subprocess.run(
            [str(_binaries() / "psql"), "--no-psqlrc", "--no-password", *server, "--file", str(ROLES)],
            env={**_environment(), **passwords, "PGPASSWORD": self._password},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StackError(f"the roles of Postgres could not be made: {done.stderr.strip()}")

    def _password_of(self, role: str) -> str:
        # Of one secret, and none of them tells another.
        if role == SUPERUSER:
            return self._password
        return hmac.new(self._password.encode(), role.encode(), "sha256").hexdigest()

    def _command(self, program: str, *arguments: str) -> list[str]:
        command = [str(_binaries() / program), *arguments]
        if os.geteuid() != 0:
            return command
        user = pwd.getpwnam(SERVER_USER)
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host=LOOPBACK, port=self.port, user=SUPERUSER, password=self._password, dbname=database, connect_timeout=5
        )


def _binaries() -> Path:
    binaries = postgres_binaries()
    if binaries is None:
        raise StackError("no Postgres server is installed")
    return binaries


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}


def _others_can_reach(directory: Path) -> bool:
    absolute = directory.absolute()
    return all(path.stat().st_mode & 0o001 for path in (absolute, *absolute.parents) if path.exists())
