"""Access to RabbitMQ, Postgres and the processes of the test environment, for the faults."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pika
import psycopg2

from tests.chaos.world import World


@contextmanager
def frozen(*pids: int | None) -> Iterator[None]:
    """Stops the processes with SIGSTOP while the body runs."""
    there = [pid for pid in pids if pid is not None]
    for pid in there:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in there:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def rabbitmqctl(world: World, *words: str) -> None:
    """Runs a command of `rabbitmqctl` on the node."""
    environment = world.stack.rabbitmq._environment()
    command = ["/usr/lib/rabbitmq/bin/rabbitmqctl", "--quiet", *words]
    subprocess.run(
        command, env=environment, cwd=world.stack.rabbitmq.directory, check=True, capture_output=True, timeout=60
    )


def postgres_processes(world: World) -> list[int]:
    """Returns the server process and all its sessions."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == world.stack.postgres.data and (
                process / "exe"
            ).readlink().name == "postgres":
                found.append(int(process.name))
    return found


@contextmanager
def open_channel(world: World) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    # pika's own context manager raises at the end when the server has closed the connection.
    with pika.BlockingConnection(pika.URLParameters(world.stack.rabbitmq.url())) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        yield channel


@contextmanager
def as_administrator(world: World) -> Iterator["psycopg2.extensions.cursor"]:
    connection = world.stack.postgres._connect("postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
