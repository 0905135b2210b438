"""A confined child has almost no access to the machine; unconfined, the same attempts succeed, so they are real."""

import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.confinement import landlock, privileges
from shared.confinement.child import ChildLimits
from shared.confinement.errors import ConfinementError
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import Sandbox, sandbox_of
from shared.energyplus.installation import Engine
from tests.unit.escape_attempts import ATTEMPTS, PRIVILEGED, REFUSALS

#: An interpreter of the system, because the sandbox allows the libraries of an engine to be there.
PYTHON = Path("/usr/bin/python3") if Path("/usr/bin/python3").exists() else Path(sys.executable).resolve()
SECRET = "the secret of another process"


@pytest.fixture
def run_directory(tmp_path: Path) -> Path:
    """The child's directory, next to a secret, inputs, and another run's directory."""
    for name in ("work", "inputs", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "inputs" / "weather").write_text("weather")
    (tmp_path / "outside" / "canary").write_text("untouched")
    (tmp_path / "work" / "planted").symlink_to(tmp_path / "secret")
    return tmp_path


@pytest.fixture
def port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture(autouse=True)
def listening(run_directory: Path) -> Iterator[None]:
    """Sockets of other processes, one with a path and one with an abstract name."""
    with (
        closing(socket.socket(socket.AF_UNIX)) as by_path,
        closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as by_name,
    ):
        by_path.bind(str(run_directory / "socket"))
        by_path.listen()
        by_name.bind(f"\0epsm-{os.getpid()}")
        yield


@pytest.fixture
def attempt(launcher: Launcher, run_directory: Path) -> Callable[..., tuple[int | None, str]]:
    """Runs a line of Python; returns its exit code and output."""

    def run(line: str, *, confined: bool = True) -> tuple[int | None, str]:
        home = {str(PYTHON.parent.parent)} if not str(PYTHON).startswith("/usr") else set()
        engine = Sandbox(("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", *home))
        sandbox = engine.around(run_directory / "work", run_directory / "inputs" / "weather") if confined else None
        output = run_directory / "work" / "said"
        child = launcher.spawn(
            [str(PYTHON), "-I", "-S", "-c", line],
            run_directory / "work",
            output,
            ChildLimits(sandbox=sandbox),
            threading.Event(),
        )
        ended = child.wait(60)
        assert ended is not None
        return ended.code, output.read_text()

    return run


def written(line: str, run_directory: Path, port: int) -> str:
    """Inserts this test's paths and ports into an attempt."""
    places = {
        "secret": str(run_directory / "secret"),
        "outside": str(run_directory / "outside"),
        "inputs": str(run_directory / "inputs"),
        "socket": str(run_directory / "socket"),
    }
    return line.format(**places, port=port, worker=os.getpid())


@pytest.mark.parametrize("what", ATTEMPTS)
def test_a_confined_child_cannot(
    what: str, attempt: Callable[..., tuple[int | None, str]], run_directory: Path, port: int
) -> None:
    code, said = attempt(written(ATTEMPTS[what], run_directory, port))

    assert code == 1, said
    assert any(refusal in said for refusal in REFUSALS), said
    assert SECRET not in said
    assert (run_directory / "outside" / "canary").read_text() == "untouched"
    assert (run_directory / "inputs" / "weather").read_text() == "weather"
    assert [path.name for path in (run_directory / "outside").iterdir()] == ["canary"]


@pytest.mark.parametrize("what", sorted(ATTEMPTS.keys() - PRIVILEGED))
def test_unconfined_it_could(
    what: str, attempt: Callable[..., tuple[int | None, str]], run_directory: Path, port: int
) -> None:
    code, said = attempt(written(ATTEMPTS[what], run_directory, port), confined=False)

    assert code == 0, said
    for left in (Path(f"/dev/shm/epsm-{os.getpid()}"), Path(f"/tmp/epsm-{os.getpid()}")):
        left.unlink(missing_ok=True)


def test_a_confined_child_can_work(attempt: Callable[..., tuple[int | None, str]], run_directory: Path) -> None:
    code, said = attempt(
        "import os, threading\n"
        "os.makedirs('a/b'); open('a/b/c', 'w').write('x'); os.rename('a/b/c', 'd'); os.unlink('d'); os.rmdir('a/b')\n"
        f"assert open({str(run_directory / 'inputs' / 'weather')!r}).read() == 'weather'\n"
        "open('/dev/null', 'w').write('x')\n"
        "t = threading.Thread(target=print, args=('threads',)); t.start(); t.join()\n"
    )

    assert (code, said) == (0, "threads\n")


def test_the_environment_has_nothing_of_the_worker_s(
    attempt: Callable[..., tuple[int | None, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPSM_DATABASE_URL", f"postgresql://epsm:{SECRET}@db/epsm")

    _, said = attempt("import os; print(sorted(os.environ))")

    assert said == "['HOME', 'LANG', 'LC_CTYPE', 'PATH', 'TMPDIR']\n" or said == "['HOME', 'LANG', 'PATH', 'TMPDIR']\n"


def test_what_root_may_do_is_given_up(attempt: Callable[..., tuple[int | None, str]]) -> None:
    line = (
        "import ctypes, struct; held = ctypes.create_string_buffer(24); "
        "ctypes.CDLL(None).capget(struct.pack('Ii', 0x20080522, 0), held); print(*struct.unpack('6I', held.raw))"
    )

    _, said = attempt(line)

    effective, permitted, *others = map(int, said.split())
    inheritable, *upper = others
    assert {effective, permitted} <= {0, privileges.DAC_OVERRIDE, privileges.DAC_READ_SEARCH}
    assert inheritable in (0, privileges.DAC_READ_SEARCH)
    assert set(upper) == {0}


def test_a_child_has_nothing_open_but_its_own(attempt: Callable[..., tuple[int | None, str]]) -> None:
    line = "import os\nfor n in range(3, 4096):\n try: print(os.fstat(n))\n except OSError: pass"

    assert attempt(line) == (0, "")


def test_an_engine_that_is_made_of_links_is_readable_with_what_they_lead_to(tmp_path: Path) -> None:
    real, linked = tmp_path / "real", tmp_path / "linked"
    real.mkdir()
    linked.mkdir()
    shutil.copyfile("/bin/true", real / "energyplus")
    (real / "Energy+.idd").write_text("!IDD")
    for path in real.iterdir():
        (linked / path.name).symlink_to(path)

    sandbox = sandbox_of(Engine("1.2.3", "x", linked / "energyplus", linked, None), [tmp_path / "log"])

    assert {str(real), str(linked)} <= set(sandbox.readable)
    assert str(tmp_path) not in sandbox.readable
    assert sandbox.writable == ("/dev/null", str(tmp_path / "log"))


def test_where_there_is_no_landlock_an_engine_is_not_run_unconfined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)

    with pytest.raises(ConfinementError, match="cannot be confined"):
        sandbox_of(Engine("1.2.3", "x", tmp_path / "energyplus", tmp_path, None))
    with pytest.raises(OSError, match="no Landlock"):
        landlock.confine([], [])
