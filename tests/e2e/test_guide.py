"""The commands of the guide and the examples, executed unchanged against the whole stack."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, System
from tests.e2e.documents import blocks, execute, make_desk

PAGES = sorted((ROOT / "docs" / "guide").glob("*.md"))


@pytest.fixture
def desk(system: System, tmp_path: Path) -> Path:
    return make_desk(tmp_path, system.stack.url)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work_and_answer_what_it_shows(page: Path, desk: Path) -> None:
    found = blocks(page)
    commands, shown = ["set -euo pipefail"], []
    for language, text in found:
        if language == "sh":
            commands.append(text)
        else:
            shown.append(json.loads(text.replace("…", "")))
    if not found:
        return
    execute(desk, "bash", "-c", "\n".join(commands))
    answers = [json.loads(file.read_text()) for file in desk.glob("*.json")]
    answers += documents(execute_again(desk))
    for expected in shown:
        assert any(holds(answer, expected) for answer in answers), f"no answer has {expected}"


def execute_again(desk: Path) -> str:
    """Waits for the end of every simulation that the page has submitted, for results that the page only prints."""
    found = []
    for file in desk.glob("*.json"):
        content = json.loads(file.read_text())
        if isinstance(content, dict) and "id" in content:
            address = f"$(make -s url)/api/v1/simulations/{content['id']}"
            found.append(execute(desk, "bash", "-c", f'curl -fsS "{address}"; echo; curl -fsS "{address}/runs"; echo'))
    return "\n".join(found)


def documents(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def holds(answer: Any, expected: Any) -> bool:
    """Whether the answer has the keys that are shown, and the values where the page shows them."""
    if isinstance(expected, dict):
        return isinstance(answer, dict) and all(
            name in answer and holds(answer[name], e) for name, e in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(answer, list) and all(any(holds(item, e) for item in answer) for e in expected)
    if isinstance(expected, str) and isinstance(answer, str):
        return answer.startswith(expected)
    return bool(answer == expected)


def test_the_session_with_curl_ends_well(desk: Path, system: System) -> None:
    printed = execute(desk, str(ROOT / "examples" / "session.sh"), system.stack.url, "office.idf", "chicago.epw")

    assert re.search(r"run [0-9a-f-]{36}: succeeded, [1-9]\d*\.\d+ W", printed)
    assert printed.rstrip().endswith("cancelled: cancelled")
    assert (desk / "report.html").stat().st_size > 10_000


def test_the_session_with_python_ends_well(desk: Path, system: System) -> None:
    program = str(ROOT / "examples" / "session.py")
    printed = execute(desk, sys.executable, program, system.stack.url, "office.idf", "chicago.epw")

    first, *loads, last = printed.splitlines()
    assert first == "lights succeeded"
    assert [line.split(":")[0] for line in loads] == ["lights x 1.0", "lights x 2.0"]
    assert last == "cancelled: cancelled"
