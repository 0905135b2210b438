"""What pages show of a run, as text, and what they should show for what the API says."""

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page

Json = dict[str, Any]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Shapes of metrics that are one value.
SINGLE = frozenset({"number", "integer", "flag", "time", "text"})
#: Headline metrics that the trust strip shows instead.
IN_TRUST_STRIP = frozenset({"warnings", "severe_errors", "total_area_m2", "engine_seconds"})
#: Between thousands.
NARROW_SPACE = "\u202f"
#: Instead of a value that there is not.
NONE = "\u2013"


def number(value: float | None) -> str:
    if value is None:
        return NONE
    size = abs(value)
    digits = 0 if float(value).is_integer() or size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}".replace(",", NARROW_SPACE)


def instant(value: str) -> str:
    """An instant of a simulated year."""
    month, day, hour = re.split("[-T]", value)
    return f"{int(day)} {MONTHS[int(month) - 1]}, {hour}"


def text_of(entry: Mapping[str, Any], value: Any) -> str:
    """A metric of the catalogue, without its unit."""
    if value is None:
        return NONE
    if entry["shape"] == "flag":
        return "yes" if value else "no"
    if entry["shape"] == "time":
        return instant(value)
    return str(value) if entry["shape"] == "text" else number(value)


def tiles(page: Page) -> dict[str, str]:
    """The headline numbers of a run's view, by the names of the catalogue."""
    return dict(
        page.locator("[data-metric]").evaluate_all(
            "all => all.map(one => [one.dataset.metric, one.querySelector('.value').textContent])"
        )
    )


def all_numbers(page: Page) -> dict[str, str]:
    """The table of all numbers, by the definitions of the catalogue."""
    return dict(
        page.locator("tr:has(.definition)").evaluate_all(
            "rows => rows.map(({ cells: [name, value] }) =>"
            " [name.querySelector('.definition').textContent, value.firstChild.textContent])"
        )
    )


def end_uses(within: Page | Locator) -> dict[str, dict[str, str]]:
    """The table of end uses: texts by end use and fuel, with the names of the API."""
    head, *rows = within.locator("table.end-uses tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    # "Natural gas, kWh" is natural_gas.
    fuels = [cell.rpartition(",")[0].lower().replace(" ", "_") for cell in head[1:]]
    return {name.lower().replace(" ", "_"): dict(zip(fuels, cells, strict=True)) for name, *cells in rows}


def expected_tiles(entries: list[Json], metrics: Json) -> dict[str, str]:
    return {
        entry["name"]: text_of(entry, metrics[entry["name"]])
        for entry in entries
        if entry["headline"]
        and entry["shape"] in SINGLE
        and metrics[entry["name"]] is not None
        and entry["name"] not in IN_TRUST_STRIP
    }


def expected_numbers(entries: list[Json], metrics: Json) -> dict[str, str]:
    return {entry["text"]: text_of(entry, metrics[entry["name"]]) for entry in entries if entry["shape"] in SINGLE}


def expected_end_uses(by_use: dict[str, dict[str, float]]) -> dict[str, dict[str, str]]:
    """Of the end uses and fuels that use anything, and with their sums."""
    used = {use: by_fuel for use, by_fuel in by_use.items() if sum(by_fuel.values())}
    sums: dict[str, float] = {}
    for by_fuel in used.values():
        for fuel, value in by_fuel.items():
            sums[fuel] = sums.get(fuel, 0) + value
    fuels = [fuel for fuel, value in sums.items() if value]
    rows = {use: {fuel: by_fuel.get(fuel) for fuel in fuels} for use, by_fuel in used.items()}
    totals = {use: sum(by_fuel.values()) for use, by_fuel in used.items()}
    rows["total"] = {fuel: sums[fuel] for fuel in fuels}
    totals["total"] = sum(totals.values())
    several = len(fuels) > 1
    return {
        use: {fuel: number(value) for fuel, value in row.items()} | ({"total": number(totals[use])} if several else {})
        for use, row in rows.items()
    }


def shows_result(page: Page, metrics: Json, entries: list[Json]) -> None:
    """The headline, the table of all numbers, and the end uses of a run's view are those of the API."""
    assert tiles(page) == expected_tiles(entries, metrics)
    assert all_numbers(page) == expected_numbers(entries, metrics)
    assert end_uses(page) == expected_end_uses(metrics["end_uses"])
