"""A private S3 server for tests: SeaweedFS, on loopback, with one pair of keys."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from deploy.local.ports import LOOPBACK, free_ports
from shared.storage.s3 import S3Storage, make_client
from tests.tls import HOST, Pki, issue

ACCESS_KEY, SECRET_KEY = "tests", "not-a-secret"
BUCKET = "tests"
READY_SECONDS = 60


@dataclass(frozen=True)
class SeaweedServer:
    """Address and keys of a server, and the authority of its certificate if it speaks TLS."""

    url: str
    ca: Path | None = None

    def store(self, prefix: str) -> S3Storage:
        """Returns a separate store in the one bucket, because every further bucket would take disk space."""
        return S3Storage(make_client(self.url, "us-east-1", ACCESS_KEY, SECRET_KEY, self.ca), BUCKET, prefix)


@contextmanager
def running_seaweedfs(directory: Path, pki: Pki | None = None) -> Iterator[SeaweedServer]:
    """Runs a server while the body runs; with an authority it speaks TLS, under the name `localhost`."""
    ports = free_ports(8)
    master, master_grpc, volume, volume_grpc, filer, filer_grpc, s3, s3_grpc = ports
    config = directory / "s3.json"
    credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    identity = {"name": "tests", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    config.write_text(json.dumps({"identities": [identity]}))
    (directory / "data").mkdir()
    command = [
        *(str(Path(sys.executable).with_name("weed")), "server", "-s3", f"-dir={directory / 'data'}"),
        *(f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}", f"-s3.config={config}"),
        *(f"-master.port={master}", f"-master.port.grpc={master_grpc}", "-master.volumeSizeLimitMB=64"),
        *(f"-volume.port={volume}", f"-volume.port.grpc={volume_grpc}", "-volume.max=20"),
        *(f"-filer.port={filer}", f"-filer.port.grpc={filer_grpc}", f"-s3.port={s3}", f"-s3.port.grpc={s3_grpc}"),
        # Two unused services with fixed ports.
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
    ]
    server = SeaweedServer(f"http://{LOOPBACK}:{s3}")
    if pki is not None:
        issue(pki, directory)
        command += [f"-s3.cert.file={directory / 'server.pem'}", f"-s3.key.file={directory / 'server.key'}"]
        server = SeaweedServer(f"https://{HOST}:{s3}", Path(pki.ca))
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory)
    try:
        _wait(server, process, directory / "log")
        yield server
    finally:
        process.kill()
        process.wait()


def _wait(server: SeaweedServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    client = make_client(server.url, "us-east-1", ACCESS_KEY, SECRET_KEY, server.ca)
    while True:
        try:
            if requests.get(f"{server.url}/healthz", timeout=5, verify=str(server.ca) if server.ca else True).ok:
                client.create_bucket(Bucket=BUCKET)
                return
        except Exception as error:  # noqa: BLE001  (whatever it is, the server is not ready, and the deadline decides)
            last = error
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        assert time.monotonic() < deadline, f"{last}\n{log.read_text(errors='replace')[-2000:]}"
        time.sleep(0.2)
