"""The promises on kernels with an older Landlock, and what is said where there is no system call filter."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from shared.confinement import landlock, seccomp
from shared.confinement.errors import ConfinementError
from shared.confinement.sandbox import SYSTEM, require_confinement
from shared.sandbox_mode import is_confined
from shared.settings import Settings
from sim_worker import __main__ as worker

ROOT = Path(__file__).resolve().parents[2]
#: Confines itself like a child of the launcher, with an older Landlock, and prints which attempts are refused. It keeps
#: its user, because another user could not change the file anyway.
CHILD = """
import json, os, sys
from pathlib import Path
from shared.confinement import landlock, launch_child, privileges, seccomp
version, filtered, request = json.loads(sys.argv[1])
landlock.version = lambda: version
privileges.can_change_user = lambda: False
seccomp.available = lambda: filtered
for module in ("errno", "json"): __import__(module)
launch_child.confine(request, os.getppid())
target = request["target"]
def refused(attempt):
    try: attempt()
    except PermissionError: return True
    return False
Path("written").write_text("x" * 10)
Path("written").write_text("y")
os.rename("written", "moved")
print(json.dumps([
    refused(lambda: os.truncate(target, 0)),
    refused(lambda: os.open(target, os.O_RDONLY | os.O_TRUNC)),
    refused(lambda: os.open(target, os.O_ACCMODE | os.O_TRUNC)),
    refused(lambda: os.open(target, os.O_WRONLY | os.O_TRUNC)),
]))
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def attempt(work: Path, version: int, *, filtered: bool) -> tuple[list[bool], str]:
    """What is refused to a confined child that may read a file; and what is left of the file."""
    target = work.parent / "weather.epw"
    target.write_text("weather")
    request = {
        "job": "",
        "memory": None,
        "file": None,
        "cpu": None,
        "cwd": str(work),
        "output": str(work / "out"),
        "sandbox": {"readable": [*SYSTEM, sys.prefix, sys.base_prefix, str(target)], "writable": [str(work)]},
        "target": str(target),
    }
    arguments = json.dumps([version, filtered, request])
    done = subprocess.run([sys.executable, "-c", CHILD, arguments], cwd=ROOT, env={**os.environ}, check=False)
    said = (work / "out").read_text()
    assert done.returncode == 0, said
    return json.loads(said), target.read_text()


@pytest.mark.parametrize("version", [1, 2])
def test_a_child_cannot_empty_files_that_it_may_only_read(work: Path, version: int) -> None:
    refused, left = attempt(work, version, filtered=True)

    assert (refused, left) == ([True] * 4, "weather")
    assert (work / "moved").read_text() == "y"


@pytest.mark.parametrize("version", [1, 2])
def test_without_the_filter_it_could(work: Path, version: int) -> None:
    refused, left = attempt(work, version, filtered=False)

    assert (refused, left) == ([False, False, False, True], "")


def test_with_the_filter_the_oldest_landlock_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 1)
    monkeypatch.setattr(seccomp, "machine", lambda: "x86_64")

    assert require_confinement() == ()


@pytest.mark.parametrize(("version", "empties", "connects"), [(2, True, True), (3, False, True), (6, False, False)])
def test_without_a_filter_it_is_refused_with_what_is_missing_or_relaxed(
    monkeypatch: pytest.MonkeyPatch, version: int, empties: bool, connects: bool
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: version)
    monkeypatch.setattr(seccomp, "machine", lambda: "aarch64")

    with pytest.raises(ConfinementError, match=r"x86-64 only, this machine is aarch64, .*EPSM_SANDBOX=relaxed"):
        require_confinement()
    left = require_confinement(relaxed=True)

    assert any("empty files" in what for what in left) == empties
    assert any("TCP" in what for what in left) == connects
    assert any("further processes" in what for what in left)


def test_without_landlock_relaxed_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)

    with pytest.raises(ConfinementError, match="no Landlock"):
        require_confinement(relaxed=True)


def test_a_worker_without_a_filter_starts_relaxed_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("EPSM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(seccomp, "machine", lambda: "aarch64")

    assert worker.main() == 1
    assert "this machine is aarch64" in capsys.readouterr().err
    with capture_logs() as logged:
        assert is_confined(Settings(sandbox="relaxed"))
    (warning,) = logged
    assert warning["event"] == "sandbox.relaxed"
    assert warning["a_model_could"] == require_confinement(relaxed=True)
    assert not is_confined(Settings(sandbox="off"))
