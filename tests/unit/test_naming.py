"""Class names are unique, and modules are short."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Build directories contain copies; hidden directories contain installed packages.
BUILT = {"build", "dist"}
#: A longer module has more than one subject.
MAX_LINES = 250
#: Migrations never change after their release, and a dashboard is a list of panels.
EXEMPT = ("shared/db/migrations/versions/", "deploy/dashboards/")


def modules() -> list[Path]:
    directories = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in BUILT and path.name[0] != "."]
    return sorted([*ROOT.glob("*.py"), *(path for directory in directories for path in directory.rglob("*.py"))])


def test_no_public_class_name_is_defined_twice() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert {name: sorted(found) for name, found in places.items() if len(found) > 1} == {}


def test_no_module_is_too_long() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in modules()}

    assert {name: n for name, n in lengths.items() if n > MAX_LINES and not name.startswith(EXEMPT)} == {}
