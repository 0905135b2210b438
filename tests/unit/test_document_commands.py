"""The commands in the documents exist: every `make VERB`, and README's two in what they claim to run."""

import re
from pathlib import Path

import pytest

from tests.unit.test_document_paths import CODE, DOCUMENTS, ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
#: Verbs with their prerequisites, and the variables that callers may set.
RULES = dict(re.findall(r"^([a-z][a-z-]*):(.*?)(?:##.*)?$", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"^([A-Z]+) \?=", MAKEFILE, re.MULTILINE))
COMMAND = re.compile(r"(?:^ *|[`(;&|] ?)make(?: -s)? ([a-z][a-z-]*)((?: [A-Z]+=)?)", re.MULTILINE)


def recipe(verb: str) -> str:
    """The commands of a verb."""
    found = re.search(rf"^{verb}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_makefile_has_every_verb_that_a_document_names(document: Path) -> None:
    commands = [command for code in CODE.findall(document.read_text()) for command in COMMAND.findall(code)]

    assert {verb for verb, _ in commands} <= RULES.keys()
    assert {variable.strip(" =") for _, variable in commands if variable} <= VARIABLES


def test_every_verb_is_phony_and_explained() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)

    assert phony
    assert sorted(phony[1].split()) == sorted(RULES)
    assert set(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE)) == RULES.keys()


def test_the_two_commands_of_the_readme_are_what_ci_runs_and_what_shows_a_study() -> None:
    block = re.search(
        r"^## Two commands\n+```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )

    assert block
    assert re.findall(r"^make (\S+)", block[1], re.MULTILINE) == ["demo", "test"]
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == "make test"
    assert RULES["demo"].split() == ["up"]
    assert "deploy.demo" in recipe("demo")
    assert "pytest" in recipe("test")
