"""The page's modules: their types, their own tests, and what no module and no template may contain."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "api_service" / "web"
NODE = Path(sys.executable).with_name("node")
MODULES = sorted((WEB / "static" / "js").rglob("*.js"))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
STYLES = sorted((WEB / "static" / "css").rglob("*.css"))
#: What parses text as markup or as code.
PARSERS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML"
    r"|srcdoc|\beval\(|new Function|javascript:"
)
#: Scripts and styles in the page's text, which the Content-Security-Policy forbids.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:")


def run(*command: str) -> str:
    done = subprocess.run([str(NODE), *command], capture_output=True, text=True, cwd=WEB, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_types_are_right() -> None:
    run("node_modules/typescript/bin/tsc", "--project", ".")


def test_the_modules_tests_pass() -> None:
    printed = run("--test", "--test-reporter=tap", str(ROOT / "tests" / "unit" / "web" / "*.test.js"))
    counted = re.search(r"^# pass (\d+)$", printed, re.MULTILINE)
    assert counted is not None
    assert int(counted[1]) >= 45


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_parses_no_text_as_markup_and_is_short(path: Path) -> None:
    text = path.read_text()
    assert PARSERS.findall(text) == []
    assert len(text.splitlines()) <= 250


@pytest.mark.parametrize("text", ["a.innerHTML = b", "a.insertAdjacentHTML('x', b)", "eval(b)"])
def test_what_parses_text_is_found(text: str) -> None:
    assert PARSERS.search(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_inline_and_escapes_everything(path: Path) -> None:
    text = path.read_text()
    assert INLINE.findall(text) == []
    assert not re.search(r"\|\s*safe\b|autoescape", text)


def test_colours_are_written_in_one_file() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*[;}])|\brgba?\((?!0 0 0)")
    assert {path.name for path in STYLES if colour.search(path.read_text())} == {"variables.css"}
