"""Programs that only the tests of the deployment need."""

import os
from pathlib import Path

import pytest

from deploy.local.install import ALERTMANAGER, POSTGRES_EXPORTER, PROMETHEUS, unpacked
from deploy.local.processes import StackError


@pytest.fixture(scope="session")
def prometheus_programs() -> Path:
    """The directory of prometheus, promtool, amtool and the exporter for Postgres."""
    try:
        return unpacked([PROMETHEUS, ALERTMANAGER, POSTGRES_EXPORTER])
    except StackError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
