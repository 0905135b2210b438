"""What tests of the first visit do with its page."""

import json
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e.displayed import Json, end_uses, expected_end_uses, instant, number

#: A loaded machine takes long.
PATIENCE_MS = 120_000


def choose(page: Page, *files: Path | tuple[str, bytes]) -> None:
    named = ((file.name, file.read_bytes()) if isinstance(file, Path) else file for file in files)
    page.set_input_files("#files", [FilePayload(name=name, mimeType="", buffer=content) for name, content in named])


def drop(page: Page, name: str, content: bytes) -> None:
    """Drops a file onto the page, as a user does."""
    page.evaluate(
        """([name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name));
            document.querySelector("#drop").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
        }""",
        [name, content.decode("latin-1")],
    )


def run_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Run", exact=True)


def first_number(page: Page) -> Locator:
    return page.locator("[data-metric=site_eui_kwh_per_m2] b")


def run_id(page: Page) -> str:
    """Of the run whose first numbers are shown."""
    address = page.get_by_role("link", name="All results of this run").get_attribute("href")
    assert address is not None
    return address.removeprefix("/runs/")


def shows_first_numbers(page: Page, metrics: Json) -> None:
    """Every number of the first result is the API's; kW is shown of W."""
    shown = dict(
        page.locator("[data-metric]").evaluate_all(
            "all => all.map(one => [one.dataset.metric, one.querySelector('b').textContent])"
        )
    )
    names = ("site_eui_kwh_per_m2", "unmet_heating_hours", "unmet_cooling_hours", "total_area_m2")
    peak = {"peak_electricity_w": number(metrics["peak_electricity_w"] / 1000)}
    assert shown == {name: number(metrics[name]) for name in names} | peak, json.dumps(metrics)
    at = instant(metrics["peak_electricity_at"])
    expect(page.locator("[data-metric=peak_electricity_w]")).to_contain_text(f"on {at}")
    page.get_by_text("As a table").click()
    assert end_uses(page) == expected_end_uses(metrics["end_uses"])
    expect(page.locator(".chart canvas")).to_have_count(1)
