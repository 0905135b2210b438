"""Connections with a time limit for slow clients."""

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from api_service.http.server import PatientSocket

Pair = tuple[PatientSocket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, client = socket.socketpair()
    patient = PatientSocket(fileno=ours.detach())
    patient.begin(0.3)
    patient.setblocking(True)
    with patient, client:
        yield patient, client


def test_timely_data_is_read(pair: Pair) -> None:
    patient, client = pair
    client.sendall(b"hello")

    assert patient.recv(100) == b"hello"


def test_a_client_that_sends_nothing_counts_as_disconnected(pair: Pair) -> None:
    patient, _ = pair

    assert patient.recv(100) == b""


def test_a_client_that_sends_too_slowly_counts_as_disconnected(pair: Pair) -> None:
    patient, client = pair

    def drip() -> None:
        try:
            for _ in range(100):
                client.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            pass

    thread = Thread(target=drip)
    thread.start()
    read = list(iter(lambda: patient.recv(1), b""))
    patient.close()
    thread.join()

    assert len(read) < 100


def test_processing_time_does_not_count(pair: Pair) -> None:
    patient, client = pair
    client.sendall(b"ab")

    assert patient.recv(1) == b"a"
    time.sleep(0.5)
    assert patient.recv(1) == b"b"


def test_a_new_request_has_a_new_timeout(pair: Pair) -> None:
    patient, client = pair
    assert patient.recv(1) == b""

    patient.begin(0.3)
    client.sendall(b"a")

    assert patient.recv(1) == b"a"


def test_a_client_that_stops_reading_is_disconnected(pair: Pair) -> None:
    patient, _ = pair

    with pytest.raises(ConnectionResetError):
        patient.sendall(b"x" * (16 << 20))
    with pytest.raises(OSError, match="given up"):
        patient.shutdown(socket.SHUT_WR)


def test_a_client_that_reads_slowly_gets_everything(pair: Pair) -> None:
    patient, client = pair
    read = 0

    def reading() -> None:
        nonlocal read
        while chunk := client.recv(1 << 20):
            read += len(chunk)
            time.sleep(0.02)

    thread = Thread(target=reading)
    thread.start()
    # Longer than the timeout in total, but never without progress.
    patient.sendall(b"x" * (8 << 20))
    patient.shutdown(socket.SHUT_WR)
    thread.join()

    assert read == 8 << 20
