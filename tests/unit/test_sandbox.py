"""What a confined child can do to the machine: next to nothing. Unconfined every attempt succeeds, so it is one."""

import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sim_worker.energyplus import landlock
from sim_worker.energyplus.engine import Engine, EngineError
from sim_worker.energyplus.launcher import ChildLimits, Launcher
from sim_worker.energyplus.sandbox import Sandbox, sandbox_of

#: An interpreter that is part of the system, as an engine's libraries are.
PYTHON = Path("/usr/bin/python3") if Path("/usr/bin/python3").exists() else Path(sys.executable).resolve()
SECRET = "the secret of somebody else"

ATTEMPTS = {
    "read a file of the system": "open('/etc/passwd').read()",
    "read what it can name from where it is": "open('../secret').read()",
    "read a file by its whole path": "open({secret!r}).read()",
    "list another directory": "__import__('os').listdir({outside!r})",
    "write outside": "open({outside!r} + '/canary', 'a').write('touched')",
    "write into what it was given to read": "open({inputs!r} + '/weather', 'a').write('touched')",
    "empty a file outside": "__import__('os').truncate({outside!r} + '/canary', 0)",
    "delete a file outside": "__import__('os').unlink({outside!r} + '/canary')",
    "move a file in": "__import__('os').rename({outside!r} + '/canary', 'mine')",
    "move a file out": "open('mine', 'w').close(); __import__('os').rename('mine', {outside!r} + '/planted')",
    "read through a link that it makes": "__import__('os').symlink({secret!r}, 'link'); open('link').read()",
    "read through a link that is there": "open('planted').read()",
    "make another name for a file": "__import__('os').link({secret!r}, 'name')",
    "leave a pipe behind": "__import__('os').mkfifo('pipe')",
    "execute what it wrote": (
        "import os; open('run', 'w').write('#!/bin/sh\\nexit 0\\n'); os.chmod('run', 0o755); os.execv('./run', ['run'])"
    ),
    "make another process": "__import__('os').fork() or __import__('os')._exit(0)",
    "make another process by the shell": "__import__('subprocess').run(['/bin/true'], check=True)",
    "connect to a port": "__import__('socket').create_connection(('127.0.0.1', {port}), 5)",
    "listen on a port": "__import__('socket').create_server(('127.0.0.1', 0))",
    "send a datagram": (
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))"
    ),
    "signal the worker": "__import__('os').kill({worker}, 0)",
    "look into the worker": "open('/proc/{worker}/environ', 'rb').read()",
    "read the worker's memory": "open('/proc/{worker}/maps').read()",
    "use what the worker has open": "__import__('os').listdir('/proc/{worker}/fd')",
    "write to the kernel's settings": "open('/proc/sys/kernel/core_pattern', 'a').close()",
    "write to a disk of shared memory": "open('/dev/shm/epsm-{worker}', 'w').close()",
    "write to where everybody may": "open('/tmp/epsm-{worker}', 'w').close()",
}
#: What the kernel says; the last is how Landlock refuses to link or move from one place to another.
REFUSALS = ("Operation not permitted", "Permission denied", "Invalid cross-device link")
#: Landlock knows signals from its sixth version on.
OF_NEWER_KERNELS = {"signal the worker": 6}
#: These need rights that the tests may not have, so whether they succeed unconfined is nobody's business.
PRIVILEGED = {"write to the kernel's settings", "move a file in", "make another name for a file"}


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    launcher = Launcher()
    yield launcher
    launcher.close()


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """Where the child works: beside it lie a secret, inputs, and somebody else's directory."""
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


@pytest.fixture
def attempt(launcher: Launcher, room: Path) -> Callable[..., tuple[int | None, str]]:
    """Run a line of Python; its exit code and what it said."""

    def run(line: str, *, confined: bool = True) -> tuple[int | None, str]:
        home = {str(PYTHON.parent.parent)} if not str(PYTHON).startswith("/usr") else set()
        engine = Sandbox(("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", *home))
        sandbox = engine.around(room / "work", room / "inputs" / "weather") if confined else None
        output = room / "work" / "said"
        child = launcher.spawn(
            [str(PYTHON), "-I", "-S", "-c", line],
            room / "work",
            output,
            ChildLimits(sandbox=sandbox),
            threading.Event(),
        )
        ended = child.wait(60)
        assert ended is not None
        return ended.code, output.read_text()

    return run


def written(line: str, room: Path, port: int) -> str:
    """The attempt with this test's own places."""
    places = {"secret": str(room / "secret"), "outside": str(room / "outside"), "inputs": str(room / "inputs")}
    return line.format(**places, port=port, worker=os.getpid())


@pytest.mark.parametrize("what", ATTEMPTS)
def test_a_confined_child_cannot(
    what: str, attempt: Callable[..., tuple[int | None, str]], room: Path, port: int
) -> None:
    if landlock.version() < OF_NEWER_KERNELS.get(what, 1):
        pytest.skip("this kernel's Landlock does not know that")
    code, said = attempt(written(ATTEMPTS[what], room, port))

    assert code == 1, said
    assert any(refusal in said for refusal in REFUSALS), said
    assert SECRET not in said
    assert (room / "outside" / "canary").read_text() == "untouched"
    assert (room / "inputs" / "weather").read_text() == "weather"
    assert [path.name for path in (room / "outside").iterdir()] == ["canary"]


@pytest.mark.parametrize("what", sorted(ATTEMPTS.keys() - PRIVILEGED))
def test_unconfined_it_could(what: str, attempt: Callable[..., tuple[int | None, str]], room: Path, port: int) -> None:
    code, said = attempt(written(ATTEMPTS[what], room, port), confined=False)

    assert code == 0, said
    for left in (Path(f"/dev/shm/epsm-{os.getpid()}"), Path(f"/tmp/epsm-{os.getpid()}")):
        left.unlink(missing_ok=True)


def test_a_confined_child_can_work(attempt: Callable[..., tuple[int | None, str]], room: Path) -> None:
    code, said = attempt(
        "import os, threading\n"
        "os.makedirs('a/b'); open('a/b/c', 'w').write('x'); os.rename('a/b/c', 'd'); os.unlink('d'); os.rmdir('a/b')\n"
        f"assert open({str(room / 'inputs' / 'weather')!r}).read() == 'weather'\n"
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

    with pytest.raises(EngineError, match="cannot be confined"):
        sandbox_of(Engine("1.2.3", "x", tmp_path / "energyplus", tmp_path, None))
    with pytest.raises(OSError, match="no Landlock"):
        landlock.confine([], [])
