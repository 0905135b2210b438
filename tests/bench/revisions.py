"""Another version of the program, to be measured in turn with that of the working tree."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.local.postgres import OWNER
from deploy.local.stack import Stack
from tests.models import ROOT


def exported(revision: str, directory: Path) -> Path:
    """The files of a revision, in a new directory below `directory`."""
    tree = directory / "tree"
    tree.mkdir(parents=True)
    archive = subprocess.run(["/usr/bin/git", "archive", revision], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["/usr/bin/tar", "--extract", "--directory", str(tree)], input=archive.stdout, check=True)
    return tree


class EarlierStack(Stack):
    """A stack with the services of an exported revision, and only those settings that it knows."""

    def __init__(self, directory: Path, environment: Mapping[str, str], source: Path) -> None:
        super().__init__(directory, environment, source)
        # Migrations of an earlier revision give no rights to another role than their own.
        self._given = {**self._given, "EPSM_DATABASE_URL": self.postgres.url(role=OWNER)}
        self._known = "\n".join(path.read_text() for path in (source / "shared" / "settings").glob("*.py"))

    def environment(self) -> dict[str, str]:
        """Returns the environment of the services."""
        prefix = "EPSM_"
        return {
            name: value
            for name, value in super().environment().items()
            if not name.startswith(prefix) or f"{name.removeprefix(prefix).lower()}:" in self._known
        }
