"""The worker as a process, before it has reached Postgres and RabbitMQ."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_waits_for_postgres_can_be_stopped(number: signal.Signals, tmp_path: Path) -> None:
    closed, rabbit, health = free_ports(3)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("EPSM_")},
        "EPSM_DATABASE_URL": f"postgresql://epsm@127.0.0.1:{closed}/epsm",
        "EPSM_BROKER_URL": f"amqp://127.0.0.1:{rabbit}/",
        "EPSM_STORAGE_URL": (tmp_path / "storage").as_uri(),
        "EPSM_SCRATCH_DIRECTORY": str(tmp_path / "scratch"),
        "EPSM_WORKER_PORT": str(health),
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "sim_worker"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    assert worker.stderr is not None
    assert any("database.away" in line for line in worker.stderr)

    worker.send_signal(number)

    assert worker.wait(60) == 0
    worker.stderr.close()
