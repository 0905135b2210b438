"""Every path of this repository that a Markdown document names exists, and every link leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob(".github/**/*.md"), *ROOT.glob("docs/**/*.md")]
DIRECTORIES = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
FILES = {path.name for name in DIRECTORIES for path in (ROOT / name).rglob("*.*")} | {p.name for p in ROOT.iterdir()}

CODE = re.compile(r"^ *```.*?^ *```$|`[^`]+`", re.MULTILINE | re.DOTALL)
PATH = re.compile(rf"(?<![\w/.:-])(?:{'|'.join(DIRECTORIES)})/[\w./-]*")
#: A file named without its directory, with an ending that only sources and documents have.
NAME = re.compile(r"(?<![\w/.-])[\w-]+\.(?:py|sh|md|toml|yaml|lock)\b")
MODULE = re.compile(rf"-m ((?:{'|'.join(DIRECTORIES)})(?:\.\w+)*)")
LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
#: Files that operators create, and kubectl's name for a Deployment.
OTHERS = {"deploy/compose/.env", "my-values.yaml", "deploy/epsm-api"}


def missing(text: str, directory: Path) -> Iterator[str]:
    """What a document in `directory` names and the repository does not have."""
    for code in CODE.findall(text):
        paths = {path.rstrip("./") for path in PATH.findall(code)} - OTHERS
        yield from (path for path in paths if not (ROOT / path).exists())
        yield from set(NAME.findall(code)) - FILES - OTHERS
        modules = {name: ROOT / name.replace(".", "/") for name in MODULE.findall(code)}
        yield from (
            n for n, p in modules.items() if not p.with_suffix(".py").exists() and not (p / "__main__.py").exists()
        )
    for target, anchor in LINK.findall(CODE.sub("", text)):
        path = directory / unquote(target)
        if not path.exists() or (anchor and anchor not in anchors(path.read_text() if target else text)):
            yield f"{target}#{anchor}"


def anchors(text: str) -> set[str]:
    """The names by which links reach a document's headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_exists(document: Path) -> None:
    assert sorted(missing(document.read_text(), document.parent)) == []


@pytest.mark.parametrize(
    "gone", ["`shared/gone.py`", "```sh\npython -m shared.gone\n```", "`gone.py`", "[a](gone.md)", "[a](#b)"]
)
def test_what_does_not_exist_is_found(gone: str) -> None:
    assert len(list(missing(f"# A\n{gone}\n[b](#a), `shared/db/`, `tests/unit`", ROOT))) == 1
