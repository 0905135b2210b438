"""The smallest honest change that CONTRIBUTING.md describes: a sampling method, with its tests, for its readers."""

import re
import shutil
from pathlib import Path

METHOD = "corners"
SOURCE = Path(__file__).with_name(f"{METHOD}.py")
IMPORT = re.compile(r"^from shared\.study import (.+)$", re.MULTILINE)
REGISTRY = re.compile(r"^METHODS: .*\{\n", re.MULTILINE)
ADDED = re.compile(r"^### Added\n", re.MULTILINE)

UNIT_TEST = """

def test_corners_are_the_combinations_of_first_and_last_values() -> None:
    made = drawn("corners", [listed("a", 1, 2, 3), listed("b", "x")])

    assert made == [{"a": 1, "b": "x"}, {"a": 3, "b": "x"}]
"""
API_TEST = """

def test_corners_leave_out_what_is_between_first_and_last(api: Client, model: bytes, weather: bytes) -> None:
    answer = submit(api, model, weather, parameters=[AXIS], sampling={"method": "corners"})

    assert variants(api, answer.get_json()) == [{"axis": 0}, {"axis": 180}]
"""


def add_sampling_method(checkout: Path) -> set[str]:
    """Make the change in `checkout`. Returns the files that are new or different."""
    new = Path("shared/study") / SOURCE.name
    assert not (checkout / new).exists(), f"{METHOD} is a sampling method by now; add another here"
    shutil.copyfile(SOURCE, checkout / new)
    changed = {
        "shared/study/__init__.py": _registered,
        "tests/unit/test_study.py": lambda text: text + UNIT_TEST,
        "tests/integration/api/test_sampling.py": lambda text: text + API_TEST,
        "CHANGELOG.md": _told,
    }
    for name, edit in changed.items():
        (checkout / name).write_text(edit((checkout / name).read_text()))
    return {str(new), *changed}


def _registered(text: str) -> str:
    imported = IMPORT.search(text)
    assert imported is not None
    names = ", ".join(sorted([METHOD, *imported[1].split(", ")]))
    text = text.replace(imported[0], f"from shared.study import {names}")
    return REGISTRY.sub(rf'\g<0>    "{METHOD}": {METHOD}.METHOD,\n', text, count=1)


def _told(text: str) -> str:
    line = f"- The sampling method `{METHOD}`: every combination of the parameters' first and last values.\n"
    return ADDED.sub(rf"\g<0>{line}", text, count=1)
