"""Hooks of pytest-xdist, which spreads the tests over several processes: what runs in which, and how Ctrl-C ends them.

Each process has its own servers, because each has its own session fixtures.
"""

import signal
from contextlib import suppress
from types import FrameType

import psutil
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from deploy.local import ports

#: Directories whose tests share what takes long to start or to fetch: one process runs all tests of such a directory.
WHOLE = ("tests/e2e", "tests/chaos", "tests/deploy")
#: The longest directories first and short files last, so that the processes end at about the same time.
ORDER = (*WHOLE, "tests/integration", "tests/hostile", "tests/unit")


class StackScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no annotations
    """Gives each process the tests of a file, or of a whole directory, in the order of collection."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return next((name for name in WHOLE if nodeid.startswith(f"{name}/")), nodeid.split("::")[0])


class Workers:
    """The processes that run tests, seen from the one that starts them."""

    def __init__(self) -> None:
        self._running: list[WorkerController] = []

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> StackScheduling | None:
        return StackScheduling(config, log) if config.getvalue("dist") == "loadfile" else None

    def pytest_testnodeready(self, node: WorkerController) -> None:
        self._running.append(node)

    def pytest_testnodedown(self, node: WorkerController) -> None:
        with suppress(ValueError):
            self._running.remove(node)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """After Ctrl-C, waits until all servers have stopped. Otherwise xdist would kill the processes too soon."""
        for process in psutil.Process().children() if self._running else ():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGINT)
        for node in self._running:
            with suppress(node.channel.RemoteError):
                node.channel.waitclose()


def pytest_configure(config: pytest.Config) -> None:
    """Separates the processes from each other and from the terminal."""
    given = getattr(config, "workerinput", None)
    if given is not None:
        signal.signal(signal.SIGINT, _interrupt)
        number, count = int(given["workerid"].removeprefix("gw")), given["workercount"]
        # A port that is chosen but not in use yet would be free for another process too.
        own = ports.candidates()[number % count :: count]
        ports.candidates = lambda: own
    else:
        config.pluginmanager.register(Workers())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the longest directories first if there are several processes."""
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    return next((n for n, name in enumerate(ORDER) if item.nodeid.startswith(f"{name}/")), len(ORDER))


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Interrupts the test, and no teardown: the terminal, the first process and execnet each send a signal."""
    signal.signal(signal.SIGINT, lambda *_: None)
    raise KeyboardInterrupt
