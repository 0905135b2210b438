"""CONTRIBUTING.md, followed to the letter: from a bare Debian to a commit of a change that passes the checks."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.bare.change import METHOD, add_sampling_method
from tests.deploy.bare.document import commands, paths
from tests.deploy.bare.machine import Machine, bare_machine
from tests.deploy.bare.reach import reach
from tests.deploy.debian import MMDEBSTRAP, require

pytestmark = [pytest.mark.deploy, pytest.mark.timeout(3600)]
ROOT = Path(__file__).resolve().parents[3]
#: The oldest Debian that has Python 3.11.
RELEASE = "bookworm"
REPOSITORY = "/srv/epsm.git"
#: What the contributor has said to git, and the address of the fork.
CONTRIBUTOR = {
    "REPOSITORY": REPOSITORY,
    **{f"GIT_{role}_NAME": "A Contributor" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "contributor@example.org" for role in ("AUTHOR", "COMMITTER")},
}
UNIT_TESTS = re.compile(r"unit: (\d+) passed")
#: `make check` that runs fewer has left something out.
LEAST_UNIT_TESTS = 900


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A bare Debian that can reach a clone of what is committed here."""
    require(MMDEBSTRAP, "a Debian of the tests' own")
    root = ROOT / ".local" / "bare"
    with bare_machine(RELEASE, root, reach(), CONTRIBUTOR) as made:
        command = ["git", "clone", "--quiet", "--bare", str(ROOT), f"{root}{REPOSITORY}"]
        subprocess.run(command, check=True)
        yield made


def test_contributing_leads_from_a_bare_debian_to_the_commit_of_a_change(machine: Machine) -> None:
    document = committed("CONTRIBUTING.md")
    for command in commands(document, "Set up"):
        machine(command)
    checkout = machine.home / "epsm"
    assert machine("pwd").strip() == "/root/epsm"
    before = machine("git rev-parse HEAD").strip()

    changed = add_sampling_method(checkout)
    said = "".join(machine(command) for command in commands(document, "Test"))
    touched = {line[3:] for line in machine("git status --porcelain --untracked-files=all").splitlines() if line}
    for command in commands(document, "Commit"):
        machine(command)

    counted = UNIT_TESTS.search(said)
    assert counted is not None, said[-2000:]
    assert int(counted[1]) > LEAST_UNIT_TESTS
    assert touched == changed == listed(document, changed)
    assert machine("git rev-parse HEAD^").strip() == before
    assert METHOD in machine("git show --no-patch --format=%s")
    assert set(machine("git show --name-only --format=").split()) == changed
    assert machine("git status --porcelain").strip() == ""


def committed(name: str) -> str:
    """A file as the clone has it."""
    command = ["git", "-C", str(ROOT), "show", f"HEAD:{name}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def listed(document: str, changed: set[str]) -> set[str]:
    """The files that CONTRIBUTING.md names for this change; for a directory, the changed file without a name there."""
    named = set(paths(document, "Add a sampling method"))
    files = {path for path in named if not path.endswith("/")}
    new = {file for file in changed - files if f"{Path(file).parent}/" in named}
    return files | new
