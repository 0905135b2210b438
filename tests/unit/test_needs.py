"""Unit tests need nothing but Python: EnergyPlus needs libraries that a bare machine does not have."""

import ast
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
WITH_ENERGYPLUS = ("tests.conversion", "tests.e2e.by_hand", "tests.hostile", "tests.chaos.real")


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, and the names that it imports from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_unit_test_runs_energyplus() -> None:
    found = {
        path.name: name
        for path in sorted(HERE.glob("test_*.py"))
        for name in imported(path)
        if name.startswith(WITH_ENERGYPLUS)
    }

    assert found == {}
