"""A child of a worker that runs as root is another user, who can do nothing to the worker even without its sandbox."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.confinement import privileges
from shared.confinement.child import ChildLimits
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import SYSTEM, Sandbox
from shared.removal import remove_tree
from tests.unit.launching import ended

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else str(Path(sys.executable).resolve())
#: Becomes the engine's user, with neither Landlock nor the filter, and tries to harm its parent and the parent's file.
ALONE = """
import os, sys
from shared.confinement import privileges
privileges.give_up(os.getcwd(), [])
open("mine", "w").close()
open(sys.argv[1]).read()
for attempt in (
    lambda: os.kill(os.getppid(), 0),
    lambda: open(sys.argv[1], "a"),
    lambda: os.chmod(sys.argv[1], 0o666),
    lambda: os.truncate(sys.argv[1], 0),
    lambda: open(f"/proc/{os.getppid()}/environ").read(),
    lambda: os.setuid(0),
):
    try: attempt()
    except PermissionError: continue
    sys.exit("it was not denied")
"""
root_only = pytest.mark.skipif(not privileges.can_change_user(), reason="needs the capabilities of root")


@pytest.fixture
def confined(launcher: Launcher, tmp_path: Path) -> Callable[..., str]:
    """Runs Python in a directory `work`, confined; returns its output."""

    def run(program: str, *writable: str) -> str:
        work = tmp_path / "work"
        work.mkdir()
        (tmp_path / "input").write_text("input")
        (tmp_path / "input").chmod(0o600)
        sandbox = Sandbox(SYSTEM, writable).around(work, tmp_path / "input")
        argv = [PYTHON, "-IS", "-c", program]
        child = launcher.spawn(argv, work, work / "out", ChildLimits(sandbox=sandbox))
        return f"{ended(child).code} {(work / 'out').read_text()}".strip()

    return run


@root_only
def test_the_engine_is_another_user_and_its_files_are_the_worker_s_to_read_and_remove(
    confined: Callable[..., str], tmp_path: Path
) -> None:
    said = confined(
        "import os; os.mkdir('d', 0); os.close(os.open('f', 66, 0)); print(os.getresuid(), os.getresgid(), "
        "os.getgroups(), open('../input').read())"
    )

    user = (privileges.ENGINE_USER,) * 3
    assert said == f"0 {user} {user} [] input"
    assert (tmp_path / "work" / "f").stat().st_uid == privileges.ENGINE_USER
    assert (tmp_path / "work" / "f").read_text() == ""
    remove_tree(tmp_path / "work")


@root_only
def test_the_kernel_still_ends_it_with_its_launcher(confined: Callable[..., str]) -> None:
    said = confined("import ctypes; n = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(n)); print(n.value)")

    assert said == "0 9"


@root_only
def test_the_user_alone_keeps_the_worker_and_its_files_safe(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work").chmod(0o755)
    (tmp_path / "worker's").write_text("worker's")
    argv = [PYTHON, "-ISc", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{ALONE}", str(tmp_path / "worker's")]

    child = launcher.spawn(argv, tmp_path / "work", tmp_path / "out", ChildLimits())

    assert ended(child).code == 0, (tmp_path / "out").read_text()


@root_only
def test_what_the_operator_lets_it_write_it_can_write(confined: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "log").touch(0o600)

    assert confined("open('../log', 'a').write('x')", str(tmp_path / "log")) == "0"

    assert (tmp_path / "log").read_text() == "x"


@root_only
def test_results_become_the_worker_s_again(confined: Callable[..., str], tmp_path: Path) -> None:
    confined("import os; os.mkdir('d'); open('d/f', 'w').close()")

    privileges.take_back(tmp_path / "work")

    assert {path.lstat().st_uid for path in (tmp_path / "work", *(tmp_path / "work").rglob("*"))} == {os.geteuid()}


@root_only
def test_in_a_namespace_without_that_user_a_child_keeps_its_own() -> None:
    program = "from shared.confinement import privileges; print(privileges.can_change_user())"
    argv = ["unshare", "--user", "--map-root-user", sys.executable, "-c", program]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if "unshare failed" in done.stderr:
        pytest.skip("no user namespaces here")

    assert done.stdout == "False\n", done.stderr


def test_only_with_every_capability_that_it_needs_a_worker_gives_children_another_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(privileges, "_held", lambda: (privileges.NEEDED, 0, 0, 0, 0, 0))
    assert privileges.can_change_user()

    # As root has them in a container.
    monkeypatch.setattr(privileges, "_held", lambda: (privileges.NEEDED & ~privileges.SYS_PTRACE, 0, 0, 0, 0, 0))
    assert not privileges.can_change_user()
