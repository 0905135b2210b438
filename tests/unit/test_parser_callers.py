"""Services read no model, weather or result themselves: of the modules that parse, they import data alone."""

import ast
import dataclasses
import importlib
import types
from collections.abc import Iterator
from typing import Literal, get_origin

import pytest

from tests.models import ROOT

SERVICES = ("api_service", "sim_worker", "scheduler_service")
#: Packages and modules with functions that read foreign text; `jobs` calls them in a helper.
PARSERS = tuple(
    f"shared.energyplus.{name}"
    for name in ("assemblies", "building", "formats", "inspection", "intake", "preparation", "results")
)
#: Functions that services may call, with the reason.
ALLOWED = {
    ("api_service/http/archives.py", "is_archive"): "compares four bytes",
    ("api_service/http/archives.py", "unpack"): "inflates in small pieces, with limits on entries, sizes and ratios",
    ("api_service/submission/gather.py", "is_model"): "looks at a name, and searches a file for two fixed texts",
    ("api_service/submission/answers.py", "name_part"): "looks at a name",
    ("api_service/submission/gather.py", "is_weather"): "looks at a name",
    ("api_service/submission/inputs.py", "check_name"): "looks at a name",
    ("api_service/submission/inputs.py", "paired"): "compares names",
    ("api_service/submission/run_periods.py", "is_replaced"): "looks at a name",
    ("api_service/legacy/components.py", "check_count"): "compares two numbers",
    ("sim_worker/attempt/request.py", "paired"): "compares names",
    ("sim_worker/engine/supervise.py", "read_statement"): "searches the ends of a file, 4 MB at most, for fixed words",
}


def called(source: str) -> Iterator[str]:
    """Names of what a module imports from the parsers and is no data: functions, classes with methods that parse."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith(PARSERS))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("shared.energyplus", *PARSERS)):
            for alias in node.names:
                if not is_data(str(node.module), alias.name):
                    yield alias.name


def is_data(module: str, name: str) -> bool:
    if not f"{module}.{name}".startswith(PARSERS):
        return True
    imported = importlib.import_module(module)
    found = getattr(imported, name, None)
    if found is None or isinstance(found, types.ModuleType):
        return False
    if isinstance(found, type):
        return dataclasses.is_dataclass(found) or issubclass(found, Exception | str)
    return not callable(found) or get_origin(found) is Literal


def test_no_service_calls_a_parser() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for service in SERVICES
        for path in (ROOT / service).rglob("*.py")
        for name in called(path.read_text())
    }

    assert found == set(ALLOWED)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("from shared.energyplus.formats.document import load", "load"),
        ("from shared.energyplus.formats.idf_document import IdfDocument", "IdfDocument"),
        ("from shared.energyplus.intake import check_model as look", "check_model"),
        ("from shared.energyplus import intake", "intake"),
        ("from shared.energyplus.results import messages", "messages"),
        ("import shared.energyplus.formats.idf", "shared.energyplus.formats.idf"),
        ("def f() -> None:\n    from shared.energyplus.results.reading import read_results", "read_results"),
    ],
)
def test_every_form_of_such_a_call_is_found(statement: str, name: str) -> None:
    assert list(called(statement)) == [name]


def test_data_may_be_imported() -> None:
    assert list(called("from shared.energyplus.formats.document import MAX_IDF_BYTES, PreparationError")) == []
    assert list(called("from shared.energyplus.preparation.prepare import Preparation, Prepared")) == []
