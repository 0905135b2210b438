"""Clients for a measurement, each group of them in a process of its own: attackers, followers of events, readers."""

import asyncio
import http.client
import multiprocessing
import resource
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from threading import Barrier, Thread
from typing import Any

#: Addresses of attackers; the signed-in client is 127.0.0.1.
ATTACKERS = [f"127.0.0.{n}" for n in range(2, 10)]
SLOW_HEADS = 500
SLOW_BODIES = 500
SILENT = 2000
#: Seconds between two bytes of a slow head or body.
TRICKLE_SECONDS = 1.0

SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Target:
    """A server under measurement, and the tokens of its client and of a signed-in attacker."""

    port: int
    token: str
    attacker: str


@contextmanager
def attackers(target: Target) -> Iterator[None]:
    """Holds slow heads, slow bodies (every second one signed in) and silent connections, and reopens closed ones."""
    with _beside(_attack, target):
        yield


@contextmanager
def followers(target: Target, count: int, path: str = "/api/v1/events") -> Iterator[None]:
    """Follows `count` event streams of one address."""
    with _beside(_follow, target, count, path):
        yield


@contextmanager
def _beside(work: Callable[..., None], *arguments: object) -> Iterator[None]:
    opened = SPAWN.Event()
    process = SPAWN.Process(target=work, args=(opened, *arguments), daemon=True)
    process.start()
    try:
        if not opened.wait(120):
            raise SystemExit("error: the connections could not be opened")
        yield
    finally:
        process.kill()
        process.join()


def _attack(opened: Event, target: Target) -> None:
    _run(opened, SLOW_HEADS + SLOW_BODIES + SILENT, lambda number, ready: _attacker(target, number, ready))


def _follow(opened: Event, target: Target, count: int, path: str) -> None:
    _run(opened, count, lambda _, ready: _follower(target, path, ready))


def _run(opened: Event, count: int, client: Callable[[int, asyncio.Semaphore], Coroutine[Any, Any, None]]) -> None:
    """Runs `count` clients; `opened` is set when each of them has been connected once."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    async def all_clients() -> None:
        ready = asyncio.Semaphore(0)
        clients = [asyncio.create_task(client(number, ready)) for number in range(count)]
        for _ in clients:
            await ready.acquire()
        opened.set()
        await asyncio.gather(*clients)

    asyncio.run(all_clients())


async def _attacker(target: Target, number: int, ready: asyncio.Semaphore) -> None:
    address = (ATTACKERS[number % len(ATTACKERS)], 0)
    token = target.attacker if number % 2 else "wrong"
    if number < SLOW_HEADS:
        beginning = b"G"
    elif number < SLOW_HEADS + SLOW_BODIES:
        beginning = (
            "POST /api/v1/simulations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
            f"Content-Type: multipart/form-data; boundary=cut\r\nAuthorization: Bearer {token}\r\n\r\n-"
        ).encode()
    else:
        beginning = b""
    first = True
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", target.port, local_addr=address)
            writer.write(beginning)
            if first:
                ready.release()
                first = False
            while not reader.at_eof():
                if beginning:
                    writer.write(b"x")
                    await writer.drain()
                with suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(65536), TRICKLE_SECONDS)
            writer.close()
        await asyncio.sleep(TRICKLE_SECONDS)


async def _follower(target: Target, path: str, ready: asyncio.Semaphore) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {target.token}\r\n\r\n"
    writer.write(head.encode())
    first = True
    while await reader.read(65536):
        if first:
            ready.release()
            first = False


def latencies(target: Target, path: str, count: int) -> list[float]:
    """Milliseconds of `count` requests over one connection, one after the other, sorted."""
    seconds = []
    with closing(http.client.HTTPConnection("127.0.0.1", target.port, timeout=120)) as connection:
        for _ in range(count):
            started = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {target.token}"})
            answer = connection.getresponse()
            answer.read()
            seconds.append(time.perf_counter() - started)
            if answer.status != 200:
                raise SystemExit(f"error: {path} answered {answer.status}")
    return sorted(second * 1000 for second in seconds)


def reads_per_second(target: Target, path: str, count: int, connections: int) -> float:
    """Requests answered per second over `connections` connections, `count` requests over each."""
    start = Barrier(connections + 1)

    def read() -> None:
        start.wait()
        latencies(target, path, count)

    readers = [Thread(target=read) for _ in range(connections)]
    for reader in readers:
        reader.start()
    start.wait()
    started = time.perf_counter()
    for reader in readers:
        reader.join()
    return connections * count / (time.perf_counter() - started)
