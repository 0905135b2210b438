"""Another version of the program, to be measured in turn with that of the working tree."""

import subprocess
from pathlib import Path

from tests.models import ROOT


def exported(revision: str, directory: Path) -> Path:
    """The files of a revision, in a new directory below `directory`."""
    tree = directory / "tree"
    tree.mkdir(parents=True)
    archive = subprocess.run(["/usr/bin/git", "archive", revision], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["/usr/bin/tar", "--extract", "--directory", str(tree)], input=archive.stdout, check=True)
    return tree
