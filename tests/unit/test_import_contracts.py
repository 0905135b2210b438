"""Every import contract of pyproject.toml holds, and detects an import that it forbids."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from grimp import ImportGraph
from importlinter import Contract
from importlinter.api import read_configuration
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = read_configuration(str(ROOT / "pyproject.toml"))
CONTRACTS: dict[str, dict[str, Any]] = {options["name"]: options for options in CONFIGURATION["contracts_options"]}
KINDS: dict[str, type[Contract]] = {
    "acyclic_siblings": AcyclicSiblingsContract,
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
}

#: An import that each contract forbids: the importing module and the imported one.
PLANTED = {
    "A service never imports another": ("api_service.runs.queries", "sim_worker.attempt.active"),
    "shared imports no service": ("shared.state.claim", "api_service.runs.queries"),
    "No service imports the deployment": ("scheduler_service.census", "deploy.local.ports"),
    "EnergyPlus, study and confinement import nothing of ours but the base classes of errors": (
        "shared.energyplus.fuels",
        "shared.enums",
    ),
    "EnergyPlus, study and confinement do not know each other": (
        "shared.confinement.sandbox",
        "shared.energyplus.verdict",
    ),
    "The engine's supervision knows EnergyPlus and confinement, no queue and no database": (
        "sim_worker.engine.supervise",
        "shared.db.database",
    ),
    "Layers of shared": ("shared.state.claim", "shared.window.fill"),
    "Layers of the API": ("api_service.http.errors", "api_service.identity.who"),
    "Layers of the worker": ("sim_worker.attempt.attempt", "sim_worker.service.heartbeat"),
    "No import circles between siblings": ("shared.energyplus.formats.text", "shared.energyplus.preparation.prepare"),
    "Only the broker room knows RabbitMQ, and the worker what Dramatiq runs": ("shared.window.fill", "pika"),
    "Only the storage room knows S3": ("api_service.files.download", "boto3"),
    "Only shared.tracing.otlp knows OpenTelemetry": ("shared.broker.publisher", "opentelemetry"),
    "Only the sampling methods know scipy": ("api_service.submission.expand", "scipy"),
    "Worker and scheduler draw nothing and need no scipy": ("shared.spec", "shared.study"),
    "Only the scheduler knows APScheduler": ("shared.window.loop", "apscheduler"),
    "Only the EnergyPlus room knows the library of its fields": ("api_service.legacy.scenario", "idfkit"),
    "Only the file of a design knows pyarrow": ("api_service.http.designs", "pyarrow"),
    "The scheduler reads no designs: it has no pyarrow": ("scheduler_service.retention", "shared.design_file"),
}


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    packages = CONFIGURATION["session_options"]["root_packages"]
    return grimp.build_graph(*packages, include_external_packages=True, cache_dir=None)


def is_kept(name: str, graph: ImportGraph) -> bool:
    options = CONTRACTS[name]
    contract = KINDS[options["type"]](name, CONFIGURATION["session_options"], options)
    return contract.check(deepcopy(graph), verbose=False).kept


def test_every_contract_has_a_planted_import() -> None:
    assert set(PLANTED) == set(CONTRACTS)


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_is_kept_and_a_planted_import_breaks_it(name: str, graph: ImportGraph) -> None:
    importer, imported = PLANTED[name]
    planted = deepcopy(graph)
    planted.add_import(importer=importer, imported=imported)

    assert (is_kept(name, graph), is_kept(name, planted)) == (True, False)


def test_a_layer_that_the_contract_does_not_name_breaks_it(graph: ImportGraph) -> None:
    planted = deepcopy(graph)
    planted.add_module("api_service.payments")

    assert not is_kept("Layers of the API", planted)
