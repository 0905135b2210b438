"""The shell in a root of its own, here in this machine's: what it tells, and that nothing of it is left."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.bare.machine import Shell
from tests.deploy.debian import require

pytestmark = pytest.mark.deploy
ROOT = Path(__file__).resolve().parents[3]
MOUNTED = Path("/proc/self/mountinfo")
#: A test in the middle of a command, which holds the pipe open as long as it runs.
INTERRUPTED = """
import sys
from pathlib import Path
from tests.deploy.bare.machine import Shell
Shell(Path("/"), (), {})(f"sleep 1000 > {sys.argv[1]}")
"""


@pytest.fixture
def shell() -> Iterator[Shell]:
    """With one directory that it must not change."""
    require({}, "a root of the tests' own")
    made = Shell(Path("/"), (Path("/usr"),), {"WHO": "me"})
    yield made
    made.close()


def test_codes_and_output_are_told_and_the_directory_is_kept(shell: Shell) -> None:
    assert shell("cd /etc && echo $WHO").output == "me\n\n"
    assert shell("pwd; false").code == 1
    assert shell("pwd").output == "/etc\n\n"
    assert shell("cat").code == 0
    assert shell("exit 3").code == 3
    assert shell("true").code == 3


def test_directories_of_this_machine_are_read_only_and_mounts_are_the_shells_own(shell: Shell) -> None:
    before = MOUNTED.read_text()

    assert shell("touch /usr/written").code == 1
    assert " /usr " in shell("cat /proc/self/mountinfo").output
    assert MOUNTED.read_text() == before


@pytest.mark.usefixtures("shell")
def test_a_killed_test_leaves_no_process_that_could_hold_a_mount(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    test = subprocess.Popen([sys.executable, "-c", INTERRUPTED, str(pipe)], cwd=ROOT)

    with pipe.open("rb") as held:
        test.kill()
        test.wait()

        assert held.read() == b""
