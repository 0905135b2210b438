"""All services in memory cgroups of the chart's sizes, for the attacks on other people's runs."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from deploy.local.install import POSTGRES, RABBITMQ
from deploy.local.stack import Stack
from tests.e2e.conftest import Journal, System
from tests.hostile.attacks import MANY_TABLES, TABLES
from tests.hostile.engine import engine_with_tables
from tests.hostile.services import SERVICES, ContainedServices
from tests.hostile.sizes import container
from tests.servers import need
from tests.support.memory import memory_group

#: Settings of the short form, in which a helper is ended sooner; the full form has the chart's alone.
FORMS = {"short": {"EPSM_HELPER_SECONDS": "4"}, "full": {}}


@pytest.fixture(scope="module", params=["short", pytest.param("full", marks=pytest.mark.slow)])
def contained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContainedServices]:
    """The services; all their processes end with the module."""
    need(POSTGRES)
    need(RABBITMQ)
    directory = tmp_path_factory.mktemp("contained")
    engine_with_tables(directory / "engine", MANY_TABLES, TABLES)
    containers = {service: container(service) for service in SERVICES}
    settings = {name: value for found in containers.values() for name, value in found.settings.items()}
    stack = Stack(
        directory / "local",
        {**settings, **FORMS[request.param], "EPSM_ENGINE_DIRECTORIES": str(directory / "engine")},
    )
    with ExitStack() as made:
        groups = {name: made.enter_context(memory_group(name, found.limit)) for name, found in containers.items()}
        services = ContainedServices(System(stack, Journal(directory / "journal")), groups, request.param == "full")
        try:
            services.start()
            yield services
        finally:
            for _ in stack.down():
                pass
            stack.postgres.remove()
