"""What tests of the first visit do with its page."""

from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page

#: A loaded machine takes long.
PATIENCE_MS = 120_000


def choose(page: Page, *files: Path | tuple[str, bytes]) -> None:
    named = ((file.name, file.read_bytes()) if isinstance(file, Path) else file for file in files)
    page.set_input_files("#files", [FilePayload(name=name, mimeType="", buffer=content) for name, content in named])


def run_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Run", exact=True)
