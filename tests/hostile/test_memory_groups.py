"""The memory cgroups that the services run in: what exceeds one is killed and counted, what does not is measured."""

import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.hostile.engine import PYTHON
from tests.hostile.services import SERVICES
from tests.hostile.sizes import container
from tests.support.memory import MemoryGroup, memory_group

LIMIT = 64 << 20


@pytest.fixture
def group() -> Iterator[MemoryGroup]:
    with memory_group("test", LIMIT) as made:
        yield made


def taking(group: MemoryGroup, amount: int) -> int:
    """The exit code of a program that takes this much memory."""
    return subprocess.run(group.around([PYTHON, "-IS", "-c", f"taken = b'x' * {amount}"]), check=False).returncode


def test_what_stays_below_the_limit_is_measured(group: MemoryGroup) -> None:
    assert taking(group, LIMIT // 2) == 0
    assert LIMIT // 2 < group.peak < LIMIT
    assert group.kills == 0


def test_what_exceeds_the_limit_is_killed_and_counted(group: MemoryGroup) -> None:
    assert taking(group, LIMIT * 2) == -signal.SIGKILL
    assert group.kills == 1


def test_the_chart_limits_the_memory_of_every_service() -> None:
    assert all(container(service).limit > LIMIT for service in SERVICES)
    assert int(container("worker").settings["EPSM_MEMORY_LIMIT_BYTES"]) < container("worker").limit
