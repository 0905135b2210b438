"""Several processes run the tests of a small project, as those of `make test` run ours."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.processes import interruptible
from tests.models import ROOT

CONFTEST = """
import os, signal, time
from pathlib import Path
import pytest
from xdist.workermanage import NodeManager

pytest_plugins = ("tests.parallel",)
NodeManager.EXIT_TIMEOUT = 0.1
HERE = Path(__file__).parent

@pytest.fixture(scope="session")
def server(worker_id):
    (HERE / f"{worker_id}.started").touch()
    yield
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)
    (HERE / f"{worker_id}.stopped").touch()

@pytest.fixture(autouse=True)
def place(worker_id, request):
    with (HERE / "places").open("a") as places:
        places.write(f"{worker_id} {request.node.path.relative_to(HERE)}\\n")
"""
#: Two files with one stack, and others.
FILES = ("tests/e2e/test_a.py", "tests/e2e/test_b.py", *(f"tests/unit/test_{name}.py" for name in "cdef"))


def command() -> list[str]:
    return [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "no:cacheprovider", "-n2", "--dist=loadfile"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a fixture that is stopped slowly, and is interrupted while it stops."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    return tmp_path


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CI"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def write(project: Path, name: str, body: str) -> None:
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body)


def test_a_stack_is_started_once_its_tests_are_first_and_a_failure_fails_the_run(project: Path) -> None:
    for name in FILES:
        write(project, name, "def test_it(): pass\ndef test_other(): pass\n")
    write(project, FILES[-1], "def test_it(): assert False\n")

    done = subprocess.run(command(), cwd=project, env=environment(), capture_output=True, text=True, check=False)

    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout
    assert "1 failed, 10 passed" in done.stdout
    places = [line.split() for line in (project / "places").read_text().splitlines()]
    by_file = {name: {worker for worker, path in places if path == name} for name in FILES}
    assert all(len(workers) == 1 for workers in by_file.values())
    assert by_file[FILES[0]] == by_file[FILES[1]]
    (owner,) = by_file[FILES[0]]
    assert [path for worker, path in places if worker == owner][:4] == [*FILES[:1] * 2, *FILES[1:2] * 2]


def test_ctrl_c_waits_until_all_servers_have_stopped(project: Path) -> None:
    for name in ("test_a.py", "test_b.py"):
        write(project, name, "import time\ndef test_it(server):\n    time.sleep(600)\n")
    running = subprocess.Popen(
        interruptible(command()), cwd=project, env=environment(), stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while len(list(project.glob("*.started"))) < 2:
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)

        assert running.wait() == pytest.ExitCode.INTERRUPTED
    finally:
        running.kill()
    assert len(list(project.glob("*.stopped"))) == 2
