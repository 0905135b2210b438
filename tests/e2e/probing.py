"""Collects every place where a secret of a running stack could leak: responses, processes, files, the database."""

import base64
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import requests

from deploy.local.install import postgres_binaries
from deploy.local.ports import LOOPBACK
from deploy.local.stack import Stack
from tests.e2e.conftest import ANNUAL, ROOT, System
from tests.e2e.processes import family

PLANTED = {
    name: f"planted-{name}-9f3c"
    for name in (
        *("postgres", "rabbitmq", "access-key", "secret-key", "collector", "token", "nonsense", "query", "wrong"),
        "library",
    )
}
#: Configuration files that must contain the secrets.
KEPT = ("stack.json", "rabbitmq/rabbitmq.conf")


def forms(secret: str) -> set[str]:
    """The encodings in which a secret may appear."""
    return {secret, quote(secret, safe=""), base64.b64encode(f"epsm:{secret}".encode()).decode(), repr(secret)[1:-1]}


def raw(tls: System, request: str) -> str:
    """Returns the server's response to a malformed request."""
    with socket.create_connection((LOOPBACK, tls.stack.state.ports["api"]), timeout=60) as client:
        client.sendall(request.encode())
        return b"".join(iter(lambda: client.recv(65536), b"")).decode(errors="replace")


def seen(pid: int, what: str) -> str:
    return Path(f"/proc/{pid}/{what}").read_text(errors="replace")


def ports_of(module: str) -> str:
    return {"api_service": "EPSM_API_PORT", "sim_worker": "EPSM_WORKER_PORT"}.get(module, "EPSM_SCHEDULER_PORT")


def run(arguments: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Runs a process that ends by itself; returns its exit code and output."""
    command = [sys.executable, "-m", *arguments.split()]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def fetch(url: str) -> str:
    """Returns the body of the response, empty if there is none."""
    try:
        return requests.get(url, timeout=60).text
    except requests.RequestException:
        return ""


def dump(stack: Stack) -> str:
    """Returns the whole database as text."""
    binaries = postgres_binaries()
    assert binaries is not None
    port = str(stack.state.ports["postgres"])
    command = [str(binaries / "pg_dump"), "--host", LOOPBACK, "--port", port, "--username", "epsm", "epsm"]
    environment = {**os.environ, "PGPASSWORD": PLANTED["postgres"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "CREATE TABLE public.simulations" in done.stdout
    return done.stdout


def files(directory: Path) -> Iterator[tuple[Path, str]]:
    """Yields files in the stack's directory: logs, stored files, scratch, RabbitMQ's; no databases and no KEPT."""
    for path in directory.rglob("*"):
        name = path.relative_to(directory).as_posix()
        if name in KEPT:
            assert path.stat().st_mode & 0o077 == 0, name
        elif path.is_file() and not name.startswith(("postgres/", "rabbitmq/mnesia/", "rabbitmq/tls/")):
            yield path, path.read_text(errors="replace")


def look_into_processes(tls: System, answers: dict[str, str]) -> None:
    """Collects the command lines of all processes and the environments of engine and worker children during a run."""
    simulation = tls.submit(ANNUAL)
    tls.running(simulation)
    stack = tls.stack
    pids = {pid for process in (*stack.processes, stack.rabbitmq._names) for pid in family(process.pid or 0)}
    for pid in pids:
        answers[f"command line of {pid}"] = seen(pid, "cmdline")
    (engine,) = tls.journal.pids()[-1:]
    variables = seen(engine, "environ")
    assert "TMPDIR=" in variables
    assert "EPSM_" not in variables
    assert "OTEL_" not in variables
    answers["environment of the engine"] = variables
    for child in set(family(stack.worker.pid or 0)) - {stack.worker.pid}:
        answers[f"environment of {child}"] = seen(child, "environ")
    assert tls.ended(simulation)["counts"]["succeeded"] == 1
