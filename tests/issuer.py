"""A real OpenID Connect provider as a process, and a proxy in front of it that changes its answers."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from deploy.local.ports import LOOPBACK, free_ports

PATIENCE_SECONDS = 60


@contextmanager
def running_issuer(people: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yields the address of a provider; `people` are the claims of known users, an unknown user has no claims."""
    (port,) = free_ports(1)
    known = [word for claims in people for word in ("--user-claims", json.dumps(claims))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *known]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://{LOOPBACK}:{port}")
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            requests.get(f"{address}/.well-known/openid-configuration", timeout=5).raise_for_status()
        except requests.RequestException:
            assert time.monotonic() < deadline, "the provider does not start"
            time.sleep(0.1)
        else:
            return


@dataclass
class Middle:
    """A proxy between the API and the provider; `change` is applied to every ID token."""

    address: str
    change: Callable[[str], str] = field(default=lambda token: token)


@contextmanager
def in_the_middle(issuer: str) -> Iterator[Middle]:
    """Runs a proxy that the provider names as its own address, because it derives the address from requests."""

    class IssuerHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._forward()

        def do_POST(self) -> None:
            self._forward()

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = requests.request(
                self.command,
                issuer + self.path,
                data=body,
                headers=dict(self.headers),
                allow_redirects=False,
                timeout=60,
            )
            content = answer.content
            if self.path.startswith("/oauth2/token") and answer.ok:
                said = answer.json()
                content = json.dumps({**said, "id_token": middle.change(said["id_token"])}).encode()
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Logs nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), IssuerHandler)
    middle = Middle(f"http://{LOOPBACK}:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield middle
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
