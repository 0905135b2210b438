"""The services behind PgBouncer in transaction mode: few sessions for many clients, and no state in a session."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from sqlalchemy import NullPool, create_engine, text

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.postgres import SERVICE
from deploy.local.processes import Process, wait_until
from deploy.local.stack import Stack
from tests.deploy.debian import require
from tests.e2e.conftest import SETTINGS, SIZING, System, make_engine

pytestmark = pytest.mark.deploy
SESSIONS = 4
#: The settings for pgbouncer.ini in docs/operations.md.
SETTINGS_OF_THE_POOLER = {
    "pool_mode": "transaction",
    "default_pool_size": str(SESSIONS),
    "max_client_conn": "1000",
    # Our sessions set time zone, timeouts and planner settings at their start; here the role has these settings.
    "ignore_startup_parameters": "extra_float_digits,options",
}

OF_THE_ROLE = {
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "enable_seqscan": "off",
    "jit": "off",
}


@pytest.fixture
def pooler() -> str:
    """The program; installed when it is missing."""
    require({"pgbouncer": "pgbouncer"}, "pgbouncer")
    return shutil.which("pgbouncer") or "pgbouncer"


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the unprivileged user can read."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        yield Path(directory)


@pytest.fixture
def pooled(pooler: str, place: Path, tmp_path: Path) -> Iterator[System]:
    """A stack whose services reach Postgres through the pooler; migrations and LISTEN connect directly."""
    journal = make_engine(tmp_path / "engine")
    settings = {**SETTINGS, **journal.settings}
    direct = Stack(tmp_path / "local", settings)
    bouncer = Process("pgbouncer", tmp_path / "local")
    try:
        direct.postgres.start()
        direct.rabbitmq.start()
        direct.migrate()
        ask(direct, *(f"ALTER ROLE {SERVICE} SET {name} = '{value}'" for name, value in OF_THE_ROLE.items()))
        port = start_pooler(pooler, bouncer, direct, place)
        address = direct.postgres.url().replace(f":{direct.state.ports['postgres']}/", f":{port}/")
        addresses = {"EPSM_DATABASE_URL": address, "EPSM_DATABASE_LISTEN_URL": direct.postgres.url()}
        stack = Stack(tmp_path / "local", {**settings, **addresses})
        stack.start_api()
        stack.start_worker()
        stack.start_scheduler()
        yield System(stack, journal)
    finally:
        for process in (direct.scheduler, direct.worker, direct.api):
            process.stop()
        bouncer.stop()
        direct.rabbitmq.stop()
        direct.postgres.stop()
        direct.postgres.remove()


def start_pooler(program: str, process: Process, stack: Stack, directory: Path) -> int:
    """Starts the pooler on a free port, as an unprivileged user."""
    (port,) = free_ports(1)
    password = urlsplit(stack.postgres.url()).password
    (directory / "users").write_text(f'"{SERVICE}" "{password}"\n')
    lines = {
        "listen_addr": LOOPBACK,
        "listen_port": str(port),
        "auth_type": "scram-sha-256",
        "auth_file": str(directory / "users"),
        "unix_socket_dir": "",
        **SETTINGS_OF_THE_POOLER,
    }
    lead = f"[databases]\n* = host={LOOPBACK} port={stack.state.ports['postgres']}\n[pgbouncer]\n"
    config = directory / "pgbouncer.ini"
    config.write_text(lead + "".join(f"{name} = {value}\n" for name, value in lines.items()))
    command = [program, str(config)]
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        for path in (directory, *directory.iterdir()):
            os.chown(path, user.pw_uid, user.pw_gid)
        command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]
    process.start(command, {"PATH": os.environ["PATH"]}, Path("/"))

    def answers() -> bool:
        try:
            psycopg2.connect(host=LOOPBACK, port=port, user=SERVICE, password=password, dbname="epsm").close()
        except psycopg2.OperationalError:
            return False
        return True

    wait_until(answers, process, "PgBouncer")
    return port


def test_simulations_work_through_a_pooler_with_few_sessions(pooled: System) -> None:
    simulation = pooled.submit(SIZING, copies=8)
    assert pooled.ended(simulation)["counts"]["succeeded"] == 8
    cancelled = pooled.submit(SIZING, copies=30)
    pooled.until(lambda: pooled.simulation(cancelled)["counts"]["running"] > 0, "something runs")
    assert pooled.call("POST", f"/api/v1/simulations/{cancelled['id']}/cancel").status_code == 200
    assert pooled.ended(cancelled)["status"] == "cancelled"

    # The takeover of a dead worker's run works through the pooler too.
    again = pooled.submit({"annual": True, "outputs": []})
    pooled.running(again)
    pooled.stack.worker.kill()
    pooled.stack.start_worker()
    assert pooled.ended(again)["status"] == "succeeded"

    sessions = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    listening = f"{sessions} AND application_name LIKE 'epsm-listen-%'"
    # That of the scheduler.
    assert ask(pooled.stack, listening) == 1
    assert ask(pooled.stack, sessions) <= SESSIONS + 1


def ask(stack: Stack, *statements: str) -> int:
    """Executes statements in Postgres directly; returns the number that the last one selects, if any."""
    engine = create_engine(stack.postgres.url(), poolclass=NullPool)
    with engine.begin() as connection:
        answers = [connection.execute(text(statement)) for statement in statements]
        return int(answers[-1].scalar() or 0) if answers[-1].returns_rows else 0
