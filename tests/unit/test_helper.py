"""Helpers: confined children that read foreign text."""

import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.confinement.child import Child, Preload
from shared.confinement.errors import ConfinementError
from shared.confinement.exit import Exit
from shared.confinement.launcher import Launcher
from shared.energyplus.job import Job
from shared.helper import HelperKilled, HelperLimit, HelperLimits, Supervisor, call, helper_sandbox
from sim_worker.engine.reading import HelperWatch
from sim_worker.engine.watch import Limits, Stop, Stopped, StopSignal
from tests.models import ROOT
from tests.unit.sample_jobs import SECRET

LIMITS = HelperLimits(memory_bytes=256 << 20, seconds=60, file_bytes=1 << 20)


@dataclass(frozen=True)
class Argument:
    """Request of the sample jobs."""

    path: str = ""


@dataclass(frozen=True)
class Lines:
    """Reply of the sample jobs."""

    lines: tuple[str, ...]


class Wait:
    """Waits without a limit."""

    def rearm(self) -> threading.Event:
        return threading.Event()

    def until_end(self, child: Child) -> Exit:
        ended = child.wait(60)
        assert ended is not None
        return ended


class Kill(Wait):
    """Kills the helper, as an operator would."""

    def until_end(self, child: Child) -> Exit:
        child.signal(signal.SIGKILL)
        return super().until_end(child)


@pytest.fixture(scope="module")
def helpers() -> Iterator[Launcher]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET, "secret")
        # The launcher's process finds its own modules only, and this one is a test's.
        patch.setattr("shared.confinement.launcher.HOME", ROOT)
        launcher = Launcher(Preload("tests.unit.sample_jobs"))
        launcher.start()
    yield launcher
    launcher.close()


def ask(
    helpers: Launcher,
    room: Path,
    job: str,
    argument: str = "",
    limits: HelperLimits = LIMITS,
    watch: Supervisor | None = None,
) -> tuple[str, ...]:
    described = Job(job, Argument, Lines, lambda _: Lines(()))
    return call(helpers, described, Argument(argument), room / "room", limits, helper_sandbox(), watch or Wait()).lines


def test_a_job_has_no_descriptor_but_its_standard_ones(helpers: Launcher, tmp_path: Path) -> None:
    assert ask(helpers, tmp_path, "descriptors") == ("0", "1", "2")


def test_a_job_sees_no_variable_of_the_service(helpers: Launcher, tmp_path: Path) -> None:
    assert ask(helpers, tmp_path, "environment") == ()


def test_a_job_may_take_memory_beyond_the_launchers(helpers: Launcher, tmp_path: Path) -> None:
    assert ask(helpers, tmp_path, "memory", str(200 << 20)) == (str(200 << 20),)


@pytest.mark.parametrize(
    ("job", "argument", "message"),
    [
        ("memory", str(300 << 20), "took more than 256 MB of memory"),
        ("write", "", "wrote a file that is too large"),
        ("crash", "", "ended with signal 11"),
        ("nonsense", "", "gave an answer that is none"),
        ("other", "", "gave an answer that is none"),
        ("much", "", "wrote a file that is too large"),
        ("fault", "", "ended with exit code 1: KeyError: 'a fault of ours'"),
        ("kill", "", "ended with exit code 1: PermissionError: [Errno 1] Operation not permitted"),
        ("fork", "", "ended with exit code 1: PermissionError: [Errno 1] Operation not permitted"),
    ],
)
def test_a_job_that_misbehaves_is_ended(
    helpers: Launcher, tmp_path: Path, job: str, argument: str, message: str
) -> None:
    with pytest.raises(HelperLimit, match=f"^{re.escape(message)}"):
        ask(helpers, tmp_path, job, argument)

    (tmp_path / "next").mkdir()
    assert ask(helpers, tmp_path / "next", "limits") == ("256",)


def test_the_reply_is_bounded(helpers: Launcher, tmp_path: Path) -> None:
    unlimited = HelperLimits(memory_bytes=512 << 20, seconds=60)
    with pytest.raises(HelperLimit, match="gave an answer of more than 8 MB"):
        ask(helpers, tmp_path, "much", limits=unlimited)


@pytest.mark.parametrize("job", ["processor", "stubborn"])
def test_processor_time_is_limited_also_when_nobody_watches(helpers: Launcher, tmp_path: Path, job: str) -> None:
    with pytest.raises(HelperLimit, match=r"took more than 0\.5 s"):
        ask(helpers, tmp_path, job, limits=HelperLimits(seconds=0.5))


def test_a_job_that_something_else_killed_is_not_the_models_fault(helpers: Launcher, tmp_path: Path) -> None:
    with pytest.raises(HelperKilled):
        ask(helpers, tmp_path, "sleep", watch=Kill())


def test_a_disk_that_is_full_is_not_the_models_fault(helpers: Launcher, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="could not write its files"):
        ask(helpers, tmp_path, "full")


def test_a_job_reads_no_file_of_others_and_reaches_no_port(helpers: Launcher, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with pytest.raises(HelperLimit, match="Permission denied"):
        ask(helpers, tmp_path, "read", str(secret))
    (tmp_path / "second").mkdir()
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as server,
        pytest.raises(HelperLimit, match="Operation not permitted"),
    ):
        ask(helpers, tmp_path / "second", "connect", str(server.getsockname()[1]))


def test_a_request_to_stop_ends_a_job(helpers: Launcher, tmp_path: Path) -> None:
    stop = StopSignal()
    watch = HelperWatch(Limits(), stop, tmp_path)

    def request() -> None:
        while not (tmp_path / "room" / "started").exists():
            time.sleep(0.01)
        stop.request(Stop.CANCELLED)

    thread = threading.Thread(target=request)
    thread.start()
    with pytest.raises(Stopped) as stopped:
        ask(helpers, tmp_path, "sleep", watch=watch)
    thread.join()
    assert stopped.value.reason is Stop.CANCELLED


def test_the_limit_of_a_run_ends_a_job(helpers: Launcher, tmp_path: Path) -> None:
    watch = HelperWatch(Limits(soft_seconds=0.2, hard_seconds=0.3), StopSignal(), tmp_path)
    with pytest.raises(HelperLimit, match=r"took more than 0\.3 s"):
        ask(helpers, tmp_path, "sleep", watch=watch)


def test_a_launcher_without_jobs_refuses_them(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no jobs"):
        ask(launcher, tmp_path, "limits")


def test_a_sandbox_of_more_paths_than_a_message_has_is_refused(helpers: Launcher, tmp_path: Path) -> None:
    crowded = helper_sandbox().around(tmp_path, *(tmp_path / f"{number:060d}" for number in range(2_000)))
    described = Job("limits", Argument, Lines, lambda _: Lines(()))

    with pytest.raises(ConfinementError, match="too many paths"):
        call(helpers, described, Argument(), tmp_path / "room", LIMITS, crowded, Wait())

    (tmp_path / "next").mkdir()
    assert ask(helpers, tmp_path / "next", "limits") == ("256",)
