"""The launcher, with real processes: no child outlives its run, its worker or the launcher."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.confinement.child import Child, ChildLimits
from shared.confinement.errors import ConfinementError
from shared.confinement.launcher import Launcher
from tests.unit.launching import alive, ended, read_pid, until


def test_an_exit_has_a_code_or_a_signal(shell: Callable[..., Child]) -> None:
    assert ended(shell("exit 3")).code == 3
    killed = ended(shell("kill -SEGV $$"))
    assert (killed.code, killed.signal) == (None, signal.SIGSEGV)


def test_an_exit_has_the_resource_usage_of_the_child(shell: Callable[..., Child]) -> None:
    used = ended(shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"))

    assert used.user_seconds > 0
    assert used.max_rss_bytes > 100_000


def test_waiting_returns_nothing_while_it_goes_on(shell: Callable[..., Child]) -> None:
    child = shell("exec sleep 1000")

    assert child.wait(0.01) is None
    child.signal(signal.SIGKILL)
    assert ended(child).signal == signal.SIGKILL


def test_a_child_gets_its_own_session_directory_environment_and_output_and_nothing_else(
    shell: Callable[..., Child], tmp_path: Path
) -> None:
    child = shell("pwd; echo $(env | cut -d= -f1 | sort); readlink /proc/$$/fd/*")
    ended(child)

    directory, environment, *files = (tmp_path / "out").read_text().splitlines()
    assert directory == str(tmp_path)
    assert environment.split() == ["HOME", "LANG", "PATH", "PWD", "TMPDIR"]
    assert files == ["/dev/null", str(tmp_path / "out"), str(tmp_path / "out")]


def test_a_child_leads_a_session_and_can_gain_no_privileges(shell: Callable[..., Child], tmp_path: Path) -> None:
    child = shell("grep NoNewPrivs /proc/self/status; exec sleep 1000")
    until(lambda: (tmp_path / "out").exists() and (tmp_path / "out").read_text())

    assert os.getsid(child.pid) == child.pid
    assert (tmp_path / "out").read_text().split() == ["NoNewPrivs:", "1"]
    child.signal(signal.SIGKILL)
    ended(child)


def test_a_program_that_cannot_be_executed_is_no_exit_code(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("#!/bin/sh\n")

    for program, reason in (("missing", "No such file"), ("plain", "Permission denied")):
        with pytest.raises(ConfinementError, match=f"{program}: {reason}"):
            launcher.spawn([str(tmp_path / program)], tmp_path, tmp_path / "out", ChildLimits())


def test_a_directory_that_is_gone_is_an_error_that_names_it(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(ConfinementError, match="gone: No such file"):
        launcher.spawn(["/bin/true"], tmp_path / "gone", tmp_path / "out", ChildLimits())


def test_output_is_not_written_through_a_link(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep me")
    (tmp_path / "out").symlink_to(tmp_path / "mine")

    with pytest.raises(ConfinementError, match="out"):
        launcher.spawn(["/bin/echo", "overwritten"], tmp_path, tmp_path / "out", ChildLimits())
    assert (tmp_path / "mine").read_text() == "keep me"


def test_memory_is_limited(shell: Callable[..., Child], tmp_path: Path) -> None:
    script = f"exec {sys.executable} -I -S -c 'bytearray(1 << 30)'"

    assert ended(shell(script)).code == 0
    assert ended(shell(script, ChildLimits(memory_bytes=1 << 29))).code == 1
    assert "MemoryError" in (tmp_path / "out").read_text()


def test_a_file_that_grows_past_its_limit_ends_the_child(shell: Callable[..., Child], tmp_path: Path) -> None:
    child = shell("exec head -c 2000000 /dev/zero > big", ChildLimits(file_bytes=1_000_000))

    assert ended(child).signal == signal.SIGXFSZ
    assert (tmp_path / "big").stat().st_size == 1_000_000


@pytest.mark.parametrize("start", ["sleep 1000 & echo $! > pid", "setsid sh -c 'echo $$ > pid; exec sleep 1000' &"])
def test_what_a_child_leaves_behind_is_killed(shell: Callable[..., Child], tmp_path: Path, start: str) -> None:
    assert ended(shell(f"{start}\n while [ ! -s pid ]; do sleep 0.01; done")).code == 0

    left = read_pid(tmp_path / "pid")
    until(lambda: not alive(left))


def test_a_signal_reaches_the_whole_group(shell: Callable[..., Child], tmp_path: Path) -> None:
    child = shell("sleep 1000 & echo $! > pid; wait")
    grandchild = read_pid(tmp_path / "pid")

    child.signal(signal.SIGTERM)

    assert ended(child).signal == signal.SIGTERM
    until(lambda: not alive(grandchild))


def test_one_end_leaves_other_children_alone(shell: Callable[..., Child], tmp_path: Path) -> None:
    # A process of the first child's group stays as an orphan, which the launcher adopts.
    staying = shell("(sleep 1000 & echo $! > pid); exec sleep 1000")
    orphan = read_pid(tmp_path / "pid")

    assert ended(shell("exit 0")).code == 0

    assert alive(staying.pid)
    assert alive(orphan)
    staying.signal(signal.SIGKILL)
    ended(staying)
    until(lambda: not alive(orphan))
