"""A small client for WebSockets over a plain socket: RFC 6455, unfragmented frames, no extensions."""

import base64
import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

TEXT, CLOSE = 1, 8
#: The server sends at most one message a second, and ends a WebSocket within 30 s.
MOST_MESSAGES = 30


class HandshakeRefused(Exception):
    """The server answered with an ordinary response; `status` is its status, `body` its body."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:200]!r}")
        self.status, self.body = status, body


@dataclass
class WebSocket:
    """The client's side of an open WebSocket."""

    wire: socket.socket
    _left: bytes = b""

    def send(self, text: str, kind: int = TEXT) -> None:
        content, mask = text.encode(), os.urandom(4)
        length = len(content)
        size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(content))
        self.wire.sendall(bytes([0x80 | kind]) + size + mask + masked)

    def receive(self) -> Any:
        """The next message, from JSON; the code when the server closes the WebSocket."""
        kind, size = self._take(2)
        length = size if size < 126 else int.from_bytes(self._take(2 if size == 126 else 8))
        content = self._take(length)
        if kind & 0xF == CLOSE:
            return int.from_bytes(content[:2])
        return json.loads(content)

    def messages(self) -> tuple[list[Any], int]:
        """All messages until the server closes the WebSocket, and its code."""
        found: list[Any] = []
        while not isinstance(said := self.receive(), int):
            found.append(said)
            assert len(found) < MOST_MESSAGES, "the server does not close the WebSocket"
        return found, said

    def _take(self, size: int) -> bytes:
        while len(self._left) < size:
            if not (chunk := self.wire.recv(65536)):
                raise ConnectionError("the server has gone without closing the WebSocket")
            self._left += chunk
        taken, self._left = self._left[:size], self._left[size:]
        return taken


@contextmanager
def web_socket(port: int, path: str, *, source: str = "127.0.0.1", **headers: str) -> Iterator[WebSocket]:
    """An open WebSocket. Raises HandshakeRefused."""
    key = base64.b64encode(os.urandom(16)).decode()
    head = {
        "Host": f"127.0.0.1:{port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", port), 60, (source, 0)) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += wire.recv(65536)
        first, _, rest = answer.partition(b"\r\n\r\n")
        if not first.startswith(b"HTTP/1.1 101 "):
            raise HandshakeRefused(int(first.split(b" ")[1]), rest)
        yield WebSocket(wire, rest)
