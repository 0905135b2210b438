"""Executes the commands of a document in a directory with a model, weather, and a `make` that knows the stack."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.conftest import CHICAGO, OFFICE
from tests.models import design_days

#: Blocks may be indented, as in a list.
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def blocks(document: Path) -> list[tuple[str, str]]:
    """The language and the text of each block, without its indentation."""
    found = BLOCK.findall(document.read_text())
    return [(language, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)) for indent, language, text in found]


def make_desk(directory: Path, url: str) -> Path:
    """Fills the directory; its `make` starts nothing and prints the stack's address."""
    directory.mkdir(exist_ok=True)
    (directory / "office.idf").write_bytes(OFFICE.read_bytes())
    (directory / "chicago.epw").write_bytes(CHICAGO.read_bytes())
    for file in (tampa := design_days("Tampa"), tampa.with_suffix(".epw")):
        (directory / f"tampa{file.suffix}").write_bytes(file.read_bytes())
    make = directory / "bin" / "make"
    make.parent.mkdir()
    make.write_text(f'#!/bin/sh\ntest "$*" = up || {{ test "$*" = "-s url" && echo {url}; }}\n')
    make.chmod(0o755)
    return directory


def execute(desk: Path, *command: str, variables: Mapping[str, str] | None = None) -> str:
    """Executes a command in the directory; returns what it printed."""
    environment = {**os.environ, **(variables or {}), "PATH": f"{desk / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=desk, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
