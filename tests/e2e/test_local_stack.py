"""`make up`, `make down` and related targets, on a separate stack."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest
import requests

from deploy.local.install import POSTGRES, RABBITMQ
from deploy.local.postgres import SERVICE, SUPERUSER
from deploy.local.stack import Stack
from tests.e2e.conftest import CHICAGO, OFFICE, ROOT
from tests.servers import need


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    need(POSTGRES)
    need(RABBITMQ)
    place = tmp_path / "local"
    yield place
    run("down", place)
    Stack(place, {}).postgres.remove()
    assert left_by(place) == []


def run(verb: str, directory: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "deploy.local", verb, "--directory", str(directory)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def left_by(directory: Path) -> list[str]:
    """Processes with the directory in their environment: our services, the servers, and their children."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{directory}/".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def roles(stack: Stack) -> set[str]:
    """Roles of Postgres that the processes of the stack have connected with."""
    with closing(psycopg2.connect(stack.postgres.url(role=SUPERUSER).replace("+psycopg2", ""))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name LIKE 'epsm-%'")
        return {name for (name,) in cursor}


def pids(directory: Path) -> dict[str, int | None]:
    return {process.name: process.pid for process in Stack(directory, {}).processes}


def test_up_twice_is_harmless_and_what_was_there_survives_a_crash_a_down_and_an_up(directory: Path) -> None:
    assert run("url", directory).returncode == 1
    assert run("up", directory).returncode == 0
    first = pids(directory)
    assert all(first.values())
    url = run("url", directory).stdout.strip()
    assert url.startswith("http://127.0.0.1:")
    assert requests.get(f"{url}/readyz", timeout=30).status_code == 200
    with OFFICE.open("rb") as model, CHICAGO.open("rb") as weather:
        made = requests.post(
            f"{url}/api/v1/simulations",
            files={"models": ("a.idf", model), "weather": ("b.epw", weather)},
            data={"spec": json.dumps({"annual": False, "reuse": False})},
            timeout=60,
        ).json()

    assert run("up", directory).returncode == 0
    assert pids(directory) == first
    assert roles(Stack(directory, {})) == {SERVICE}

    Stack(directory, {}).worker.kill()
    status = run("status", directory)
    assert status.returncode == 1
    assert "worker     crashed" in status.stdout
    assert "worker.started" in status.stdout
    assert "api        running" in status.stdout

    assert run("down", directory).returncode == 0
    assert not any(pids(directory).values())
    assert "stopped" in run("status", directory).stdout

    assert run("up", directory).returncode == 0
    url = run("url", directory).stdout.strip()
    kept = requests.get(f"{url}/api/v1/simulations/{made['id']}", timeout=30)
    assert kept.status_code == 200
    assert kept.json()["name"] == "a.idf"


def test_a_machine_that_was_killed_comes_up_again(directory: Path) -> None:
    assert run("up", directory).returncode == 0
    stack = Stack(directory, {})
    for process in reversed(stack.processes):
        process.kill()
    # A pid file with the number of another process must not get that process killed.
    mine = directory / "run" / "api.pid"
    bystander = subprocess.Popen(["/bin/sleep", "600"])
    mine.write_text(json.dumps([bystander.pid, 12345]))

    assert run("up", directory).returncode == 0

    assert all(pids(directory).values())
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()
