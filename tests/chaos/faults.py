"""The faults: each does its damage and repairs what would not recover by itself. Called by the scenarios."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pika
import psycopg2
import requests
from sqlalchemy import select

from deploy.local.processes import Process
from shared.broker.publisher import RabbitPublisher
from shared.broker.queues import runs_queue
from shared.db.tables import Run
from shared.enums import Status
from shared.messages import DispatchMessage
from tests.chaos.access import as_administrator, frozen, open_channel, postgres_processes, rabbitmqctl
from tests.chaos.load import Load, insist
from tests.chaos.waiting import until
from tests.chaos.world import LEASE_SECONDS, World
from tests.models import ENGINE_VERSION
from tests.support.memory import MemoryGroup, memory_group

#: Longer than a lease, plus the time that the reaper needs to detect it.
STALL_SECONDS = LEASE_SECONDS + 1.5
#: Duration of an outage that workers have to wait out, too short for a lease to expire.
ABSENCE_SECONDS = 1.0
#: Deadline for `take_messages`: RabbitMQ returns the messages of a closed connection to the queue at once.
TAKING_SECONDS = 10.0
#: Less than anything takes that reads or writes a file.
STARVATION_BYTES = 64 << 10
END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'epsm' AND application_name <> 'chaos'"
)


def kill_rabbitmq(world: World) -> None:
    """Kills the node with SIGKILL and starts it again."""
    world.stack.rabbitmq.process.kill()
    world.stack.rabbitmq.start()


def freeze_rabbitmq(world: World) -> None:
    """Freezes the node for a while: it answers nothing."""
    with frozen(world.stack.rabbitmq.process.pid):
        time.sleep(STALL_SECONDS)


def close_connections(world: World) -> None:
    """The server closes every connection to RabbitMQ, as an operator or a proxy would."""
    # The management API would do it faster, but lists new connections late.
    rabbitmqctl(world, "close_all_connections", "--global", "chaos")


def alarm_memory(world: World) -> None:
    """RabbitMQ runs out of memory and blocks all publishers, then has memory again."""
    rabbitmqctl(world, "set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        time.sleep(ABSENCE_SECONDS)
    finally:
        rabbitmqctl(world, "set_vm_memory_high_watermark", "absolute", "512MB")


def purge_queue(world: World) -> None:
    """Empties the queue, as an operator could."""
    with open_channel(world) as channel:
        channel.queue_purge(runs_queue(ENGINE_VERSION, "classic"))


def take_messages(world: World, count: int) -> bool:
    """Another client consumes `count` messages as soon as they arrive, also after disconnects.

    Returns whether all of them arrived.
    """
    taken, deadline = 0, time.monotonic() + TAKING_SECONDS
    while taken < count and time.monotonic() < deadline:
        with suppress(pika.exceptions.AMQPError), open_channel(world) as channel:
            while taken < count and time.monotonic() < deadline:
                method, _, _ = channel.basic_get(runs_queue(ENGINE_VERSION, "classic"), auto_ack=True)
                taken += method is not None
    return taken == count


def waiting(world: World) -> int:
    """Number of run messages that no worker has received."""
    with open_channel(world) as channel:
        return int(channel.queue_declare(runs_queue(ENGINE_VERSION, "classic"), passive=True).method.message_count)


def double_messages(world: World) -> None:
    """Publishes every open run twice more."""
    with world.database.transaction() as connection:
        open_runs = (Status.QUEUED.value, Status.RUNNING.value)
        runs = connection.execute(select(Run.id, Run.simulation_id).where(Run.status.in_(open_runs))).all()
    publisher = RabbitPublisher(world.stack.rabbitmq.url(), queue_type="classic")
    try:
        for run in [*runs, *runs]:
            publisher.publish_run(ENGINE_VERSION, DispatchMessage(run.id, run.simulation_id, "doubled"))
    finally:
        publisher.close()


def send_rubbish(world: World) -> None:
    """Publishes invalid messages: no JSON, no fields, a run that does not exist."""
    bodies = (
        b"\xff\x00",
        b"{}",
        b'{"queue_name": "x", "actor_name": "canary", "args": [], "kwargs": {}, "options": {}, '
        b'"message_id": "1", "message_timestamp": 1}',
        b'{"queue_name": "x", "actor_name": "run", "args": [], '
        b'"kwargs": {"run_id": "?"}, "options": {}, "message_id": "2", "message_timestamp": 1}',
    )
    with open_channel(world) as channel:
        for queue in (runs_queue(ENGINE_VERSION, "classic"), "epsm.canary.v1"):
            for body in bodies:
                channel.basic_publish("", queue, body)


def kill_postgres(world: World) -> None:
    """Kills the server and its sessions with SIGKILL and starts it again."""
    processes = postgres_processes(world)
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not postgres_processes(world) and world.stack.postgres.process.pid is None, "Postgres is gone", 30)
    world.stack.postgres.start()


def end_sessions(world: World) -> None:
    """Terminates every session, as an administrator could."""
    with as_administrator(world) as cursor:
        cursor.execute(END_SESSIONS)


def stall_postgres(world: World) -> None:
    """The server answers nothing for longer than a lease."""
    with frozen(*postgres_processes(world)):
        time.sleep(STALL_SECONDS)


def exhaust_connections(world: World) -> None:
    """Terminates the services' sessions and occupies every connection that Postgres allows."""
    held: list[psycopg2.extensions.connection] = []

    def take_all() -> None:
        with suppress(psycopg2.OperationalError):
            while True:
                held.append(world.stack.postgres._connect("postgres"))

    try:
        take_all()
        with held[0].cursor() as cursor:
            cursor.execute(END_SESSIONS)
            held[0].commit()
        take_all()
        time.sleep(ABSENCE_SECONDS)
    finally:
        for connection in held:
            connection.close()


def kill_children(worker: Process) -> None:
    """Kills the child processes of a worker with SIGKILL: the launcher, whose children are the engines."""
    for task in Path(f"/proc/{worker.pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                os.kill(int(child), signal.SIGKILL)


def kill_engines(world: World) -> None:
    """Kills the engines with SIGKILL, as the kernel does when memory runs out."""
    for pid in world.engine_processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def no_memory(pid: int) -> Iterator[MemoryGroup]:
    """The kernel gives a process no more memory than it has already, and kills it when it needs some. Needs root."""
    with memory_group("chaos", STARVATION_BYTES) as group:
        group.take(pid)
        yield group


def move_storage_away(world: World) -> None:
    """Makes the store unreachable for a while."""
    elsewhere = world.storage_directory.with_name("storage-away")
    world.storage_directory.rename(elsewhere)
    # A file in the directory's place, so that it cannot be created anew.
    world.storage_directory.touch()
    try:
        time.sleep(ABSENCE_SECONDS)
    finally:
        world.storage_directory.unlink()
        elsewhere.rename(world.storage_directory)


@contextmanager
def cut_inputs(world: World) -> Iterator[None]:
    """Truncates every stored input to its first half while the body runs."""
    whole = {path: path.read_bytes() for path in (world.storage_directory / "inputs").rglob("*") if path.is_file()}
    try:
        for path, content in whole.items():
            path.write_bytes(content[: len(content) // 2])
        yield
    finally:
        for path, content in whole.items():
            path.write_bytes(content)


@contextmanager
def full_disk(directory: Path) -> Iterator[None]:
    """Mounts a file system without free space at `directory` while the body runs. Needs root."""
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=64k", "chaos", str(directory)], check=True)
    try:
        with suppress(OSError), (directory / "ballast").open("wb") as ballast:
            while ballast.write(bytes(4096)):
                ballast.flush()
        yield
    finally:
        # A process may still be writing there.
        subprocess.run(["/bin/umount", "--lazy", str(directory)], check=True)


def cancel(world: World, load: Load) -> None:
    """Cancels every simulation."""
    load.wait()
    for simulation in load.answered.values():
        insist(
            lambda id_=simulation: requests.post(f"{world.url}/api/v1/simulations/{id_}/cancel", timeout=20),
            {200, 404, 409},
        )
