"""Processes are found by pid file and never confused with others; ports are not those of outgoing connections."""

import json
import subprocess
from pathlib import Path

import pytest

from deploy.local.ports import free_ports, is_free
from deploy.local.processes import Process, StackError, start_time, wait_until

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


def test_ports_are_free_different_and_below_those_of_outgoing_connections() -> None:
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])

    ports = free_ports(50)

    assert len(set(ports)) == 50
    assert all(port < first_ephemeral and is_free(port) for port in ports)


def test_a_process_is_found_again_stopped_and_then_gone(tmp_path: Path) -> None:
    process = Process("sleeper", tmp_path)
    process.start(["/bin/sh", "-c", "echo awake; exec sleep 600"], ENVIRONMENT, tmp_path)
    again = Process("sleeper", tmp_path)
    assert again.pid == process.pid is not None
    wait_until(lambda: "awake" in again.tail(), again, "the sleeper")

    again.stop()

    assert again.pid is None
    assert not again.crashed


def test_a_process_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    process = Process("deaf", tmp_path)
    process.start(["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"], ENVIRONMENT, tmp_path)
    wait_until(lambda: "deaf" in process.tail(), process, "the deaf one")

    process.stop(patience=0.2)

    assert process.pid is None


def test_a_process_that_ends_during_the_wait_is_reported_with_its_log(tmp_path: Path) -> None:
    process = Process("short", tmp_path)
    process.start(["/bin/sh", "-c", "echo no such luck; exit 3"], ENVIRONMENT, tmp_path)

    with pytest.raises(StackError, match="no such luck"):
        wait_until(lambda: False, process, "the short one")

    assert process.crashed


def test_a_pid_that_now_belongs_to_another_process_is_not_ours(tmp_path: Path) -> None:
    bystander = subprocess.Popen(["/bin/sleep", "600"])
    process = Process("ours", tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "ours.pid").write_text(json.dumps([bystander.pid, start_time(bystander.pid) - 1]))

    assert process.pid is None
    process.stop()
    process.kill()

    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()
