"""nginx with the lines of the migration guide: simulations here, the rest with Django, and back by one line."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.postgres import OWNER, SUPERUSER, PostgresServer
from deploy.local.processes import Process, wait_until
from deploy.local.stack import Stack
from tests.deploy.debian import require
from tests.e2e.conftest import SETTINGS, make_engine
from tests.e2e.documents import blocks, make_desk
from tests.e2e.test_migration import GUIDE, follow
from tests.old_library import old_library

pytestmark = pytest.mark.deploy
#: The line that the guide changes to go back.
OURS = "upstream simulation { server "
CONFIG = "daemon off; pid {place}/pid; error_log {place}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n"
TEMPORARY = "client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f;\n"
MORE = "uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;\n"


class _Django(BaseHTTPRequestHandler):
    """Stands for the old server: it says which path was asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"django {self.path}".encode())

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def django() -> Iterator[int]:
    server = ThreadingHTTPServer((LOOPBACK, 0), _Django)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def nginx() -> str:
    """The program; installed when it is missing."""
    require({"nginx-light": "nginx"}, "nginx")
    return shutil.which("nginx") or "nginx"


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    settings = {**SETTINGS, **make_engine(tmp_path / "engine").settings, "EPSM_TRUSTED_PROXIES": LOOPBACK}
    made = Stack(tmp_path / "local", settings)
    try:
        for _ in made.up():
            pass
        yield made
    finally:
        for _ in made.down():
            pass
        made.postgres.remove()


def test_both_run_side_by_side_and_one_line_leads_back(
    nginx: str, stack: Stack, django: int, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    (lines,) = (text for language, text in blocks(GUIDE) if language == "nginx")
    for written, real in (("8000", django), ("8010", stack.state.ports["api"]), ("listen 8080", f"listen {port}")):
        assert written in lines
        lines = lines.replace(written, str(real))
    place = tmp_path / "nginx"
    place.mkdir()
    head = (CONFIG + TEMPORARY + MORE).format(place=place)
    config = place / "nginx.conf"
    config.write_text(f"user root;\n{head}{lines}}}\n")
    process = Process("nginx", stack.directory)
    page = f"http://{LOOPBACK}:{port}"

    def get(path: str) -> str:
        return requests.get(page + path, timeout=60).text

    def answers() -> bool:
        try:
            return bool(get("/"))
        except requests.ConnectionError:
            return False

    try:
        process.start([nginx, "-p", str(place), "-c", str(config)], {"PATH": os.environ["PATH"]}, place)
        wait_until(answers, process, "nginx")
        assert get("/") == "django /"
        assert get("/api/scenarios/") == "django /api/scenarios/"
        assert "This server asks nobody to sign in" in get("/sign-in")
        assert "django" not in get("/static/pages.css")
        postgres_server.create_database("behind_nginx")
        with old_library(postgres_server.url("behind_nginx", OWNER)):
            follow(make_desk(tmp_path / "desk", page), page, postgres_server.url("behind_nginx", SUPERUSER))

        back = "".join(
            f"{OURS}{LOOPBACK}:{django}; }}\n" if line.startswith(OURS) else line for line in lines.splitlines(True)
        )
        assert back != lines
        config.write_text(f"user root;\n{head}{back}}}\n")
        subprocess.run([nginx, "-p", str(place), "-c", str(config), "-t"], check=True, capture_output=True)
        subprocess.run([nginx, "-p", str(place), "-c", str(config), "-s", "reload"], check=True, capture_output=True)
        wait_until(lambda: get("/api/simulation/results/").startswith("django"), process, "nginx")
    finally:
        process.stop()
