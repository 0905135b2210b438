"""gunicorn's threads, held by no client for longer than it makes progress. `python -m api_service` serves with it.

There are few threads, and gthread lets a client have one for as long as it takes to send the rest of a request or to
read an answer; it also sees connections off on its main loop, where the next client waits for the last to hang up.
"""

import errno
import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn

from api_service.http.gunicorn_worker import DiscreetWorker

#: Slower than any line that somebody would upload models over.
MIN_BYTES_PER_SECOND = 4096
#: For the first byte of a new connection. It takes no thread, but one of a thousand places.
FIRST_BYTE_SECONDS = 5.0


class PatientSocket(socket.socket):
    """A client's connection that counts as closed when the client lets us wait for too long."""

    patience_seconds = 30.0
    _waited = 0.0
    _received = 0
    _given_up = False

    def begin(self, patience_seconds: float) -> None:
        """A new request may come: forget the last one."""
        self.patience_seconds, self._waited, self._received = patience_seconds, 0.0, 0

    def setblocking(self, flag: bool) -> None:
        """Where others would wait for ever, wait for as long as is allowed."""
        if self.fileno() >= 0:
            self.settimeout(self.patience_seconds if flag else 0.0)

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Some of the request; nothing, as from a client that has gone, when all of it comes too slowly."""
        # Only waiting counts: what we do with the bytes is no fault of the client's.
        if self._waited > self.patience_seconds + self._received / MIN_BYTES_PER_SECOND:
            self._given_up = True
            return b""
        began = time.monotonic()
        try:
            data = super().recv(bufsize, flags)
        except TimeoutError:
            self._given_up = True
            return b""
        finally:
            self._waited += time.monotonic() - began
        self._received += len(data)
        return data

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send everything, for as long as the client reads on; socket's own counts the time for all of it together."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.send(rest, flags) :]
            except TimeoutError:
                self._given_up = True
                raise ConnectionResetError(errno.ECONNRESET, "the client does not read on") from None

    def shutdown(self, how: int, /) -> None:
        """Begin to part in good order, unless there has been waiting enough."""
        if self._given_up:
            raise OSError(errno.ENOTCONN, "the client has been given up")
        super().shutdown(how)


class PatientWorker(DiscreetWorker):
    """gthread with such connections."""

    #: Set by `wsgi.py`, from the settings.
    patience_seconds = 30.0

    def enqueue_req(self, conn: TConn) -> None:
        """Have a thread answer the connection, a new one only when there is something to read."""
        if isinstance(conn.sock, PatientSocket):
            super().enqueue_req(conn)
            return
        conn.sock = PatientSocket(fileno=conn.sock.detach())
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + FIRST_BYTE_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: TConn) -> object:
        """Answer one request; called on the thread. What is false ends the connection."""
        conn.sock.begin(self.patience_seconds)
        going_on = super().handle(conn)
        if not going_on:
            # Here and not on the main loop, which does it again and finds nothing to wait for.
            conn.close(graceful=True)
        return going_on
