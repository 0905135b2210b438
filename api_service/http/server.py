"""gunicorn worker that disconnects clients which are too slow. `python -m api_service` uses it.

There are few threads, and gthread lets a client occupy one for as long as it takes to send the rest of a request or
to read a response. It also closes connections on its main loop, where one slow client delays all others.
"""

import errno
import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn

from api_service.http.gunicorn_worker import DiscreetWorker

#: Minimum rate of a request body: below that of any connection that is used to upload models.
MIN_BYTES_PER_SECOND = 4096
#: Timeout for the first byte of a new connection, which occupies no thread, but one of a thousand connection slots.
FIRST_BYTE_SECONDS = 5.0


class PatientSocket(socket.socket):
    """A client's connection that is treated as closed when the client is too slow."""

    patience_seconds = 30.0
    _waited = 0.0
    _received = 0
    _given_up = False

    def begin(self, patience_seconds: float) -> None:
        """Resets the measurements before the next request of the connection."""
        self.patience_seconds, self._waited, self._received = patience_seconds, 0.0, 0

    def setblocking(self, flag: bool) -> None:
        """Replaces blocking mode with a timeout of `patience_seconds`."""
        if self.fileno() >= 0:
            self.settimeout(self.patience_seconds if flag else 0.0)

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Returns bytes of the request; no bytes, as for a closed connection, when the client sends too slowly."""
        # Only the time spent waiting counts: the client is not responsible for the time of processing.
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
        """Sends all data; the timeout applies to each part, while the timeout of `socket.sendall` applies to the total.

        Raises ConnectionResetError when the client stops reading.
        """
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.send(rest, flags) :]
            except TimeoutError:
                self._given_up = True
                raise ConnectionResetError(errno.ECONNRESET, "the client does not read on") from None

    def shutdown(self, how: int, /) -> None:
        """Starts a graceful close; raises OSError after a timeout, so that gunicorn does not wait once more."""
        if self._given_up:
            raise OSError(errno.ENOTCONN, "the client has been given up")
        super().shutdown(how)


class PatientWorker(DiscreetWorker):
    """gthread worker whose client connections are PatientSocket objects."""

    #: Set by `wsgi.py`, from the settings.
    patience_seconds = 30.0

    def enqueue_req(self, conn: TConn) -> None:
        """Passes the connection to a thread; a new connection only when its first byte has arrived."""
        if isinstance(conn.sock, PatientSocket):
            super().enqueue_req(conn)
            return
        conn.sock = PatientSocket(fileno=conn.sock.detach())
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + FIRST_BYTE_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: TConn) -> object:
        """Answers one request; called on a thread of the pool. A false return value closes the connection."""
        conn.sock.begin(self.patience_seconds)
        going_on = super().handle(conn)
        if not going_on:
            # Closed here because it can block; when the main loop closes it again, there is nothing to wait for.
            conn.close(graceful=True)
        return going_on
