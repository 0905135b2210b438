"""When the launcher or its worker ends, every child ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shared.confinement.child import Child, ChildLimits
from shared.confinement.errors import LauncherLost
from shared.confinement.launcher import Launcher
from tests.unit.launching import PATIENCE_SECONDS, alive, ended, read_pid, until

ROOT = Path(__file__).resolve().parents[2]


def test_a_lost_launcher_takes_its_children_along_and_is_replaced(
    shell: Callable[..., Child], launcher: Launcher, tmp_path: Path
) -> None:
    child = shell("sleep 1000 & echo $! > pid; wait")
    grandchild = read_pid(tmp_path / "pid")
    lost = launcher.pid
    assert lost is not None

    os.kill(lost, signal.SIGKILL)

    with pytest.raises(LauncherLost):
        child.wait(PATIENCE_SECONDS)
    until(lambda: not alive(child.pid) and not alive(grandchild))
    assert ended(shell("exit 0")).code == 0
    assert launcher.pid != lost


def test_a_launcher_that_does_not_answer_is_replaced(tmp_path: Path) -> None:
    launcher = Launcher(start_seconds=0.1)
    launcher.start()
    stopped = launcher.pid
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)

    with pytest.raises(LauncherLost):
        launcher.spawn(["/bin/true"], tmp_path, tmp_path / "output", ChildLimits())

    launcher.start()
    assert not Path(f"/proc/{stopped}").exists()
    assert launcher.pid != stopped
    launcher.close()


def test_closing_ends_every_child(shell: Callable[..., Child], launcher: Launcher) -> None:
    child = shell("trap '' TERM INT; sleep 1000")

    launcher.close()

    assert not alive(child.pid)
    with pytest.raises(LauncherLost):
        child.wait(PATIENCE_SECONDS)
    launcher.close()


WORKER = """
import sys
from pathlib import Path
from shared.confinement.child import ChildLimits
from shared.confinement.launcher import Launcher

directory = Path(sys.argv[1])
launcher = Launcher()
command = ["/bin/sh", "-c", "setsid sleep 1000 & echo $! > stray; sleep 1000 & echo $! > grandchild; wait"]
child = launcher.spawn(command, directory, directory / "out", ChildLimits())
(directory / "child").write_text(f"{child.pid}\\n")
(directory / "launcher").write_text(f"{launcher.pid}\\n")
child.wait()
"""


@pytest.fixture
def script() -> str:
    return WORKER


@pytest.fixture
def worker(tmp_path: Path, script: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A separate process with a launcher, a child of it, and the child's own child."""
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT)
    yield process
    process.kill()
    process.wait()


def test_a_killed_worker_leaves_no_process(worker: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    pids = [read_pid(tmp_path / name) for name in ("child", "launcher", "grandchild", "stray")]
    assert all(alive(pid) for pid in pids)

    worker.kill()

    until(lambda: not any(alive(pid) for pid in pids))


def test_a_child_dies_with_its_launcher_when_the_worker_can_do_nothing(
    worker: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    child, launcher, grandchild, stray = (
        read_pid(tmp_path / name) for name in ("child", "launcher", "grandchild", "stray")
    )

    worker.send_signal(signal.SIGSTOP)
    os.kill(launcher, signal.SIGKILL)

    try:
        until(lambda: not alive(child))
    finally:
        for pid in (grandchild, stray):
            # Where the launcher's end has ended them too, there is nothing left to kill.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_fifty_children_leave_no_descriptor_and_no_zombie(shell: Callable[..., Child], launcher: Launcher) -> None:
    assert ended(shell("exit 0")).code == 0
    assert launcher.pid is not None
    held = (descriptors(os.getpid()), descriptors(launcher.pid))

    for _ in range(50):
        assert ended(shell("exit 0")).code == 0

    assert (descriptors(os.getpid()), descriptors(launcher.pid)) == held
    assert Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text() == ""


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


CONFINED = """
import sys
from pathlib import Path
from shared.confinement.child import ChildLimits
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import SYSTEM, Sandbox

directory = Path(sys.argv[1])
work = directory / "work"
work.mkdir()
launcher = Launcher()
program = "import ctypes, time; print(ctypes.CDLL(None).prctl(1, 0), flush=True); time.sleep(1000)"
limits = ChildLimits(sandbox=Sandbox(SYSTEM).around(work))
child = launcher.spawn(["/usr/bin/env", "python3", "-ISc", program], work, directory / "said", limits)
(directory / "child").write_text(f"{child.pid}\\n")
(directory / "launcher").write_text(f"{launcher.pid}\\n")
child.wait()
"""


@pytest.mark.parametrize("script", [CONFINED])
def test_a_confined_child_cannot_outlive_a_worker_that_is_killed_together_with_its_launcher(
    worker: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    child, launcher = (read_pid(tmp_path / name) for name in ("child", "launcher"))
    until((tmp_path / "said").read_text)

    # A worker that is stopped does as little as one that is killed at the same time.
    worker.send_signal(signal.SIGSTOP)
    os.kill(launcher, signal.SIGKILL)

    until(lambda: not alive(child))
    assert (tmp_path / "said").read_text() == "-1\n"
