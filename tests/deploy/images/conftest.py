"""One Docker engine for this directory's tests."""

from collections.abc import Iterator

import pytest

from tests.deploy.docker import Docker, build_services, running_docker


@pytest.fixture(scope="package")
def docker() -> Iterator[Docker]:
    """A Docker engine with the services' images."""
    with running_docker() as engine:
        build_services(engine)
        yield engine
