"""The page of one simulation while its runs change: processor time of the API, first content, and work of the browser.

A simulation of 20,000 runs is inserted, and its runs change by SQL, 50 times a second; no engine runs. Four of five
changes are of runs that the page shows. In each round a browser follows it, alone and beside 500 other followers.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Browser

from shared.db.database import Database
from tests.bench.clients import SPAWN, Target, followers
from tests.integration.api.serving import Served, serving
from tests.rows import Rows
from tests.servers import TEMPLATE, running_postgres
from tests.support.browser import opened, running_chromium
from tests.support.changes import at_rate, changes

RUNS = 20_000
CHANGES_PER_SECOND = 50
FOLLOWERS = 500
#: Runs of the first page of the table.
SHOWN = 50
#: Seconds for streams to begin, before the window that is measured.
SETTLE_SECONDS = 3.0
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="make bench-page", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default 5)")
    parser.add_argument("--seconds", type=float, default=10, help="length of each window (default 10)")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="epsm-bench-", dir="/var/tmp")))
        room.chmod(0o755)
        for directory in ("postgres", "server"):
            (room / directory).mkdir()
        postgres = stack.enter_context(running_postgres(room / "postgres"))
        postgres.create_database("page", template=TEMPLATE)
        database = Database(postgres.url("page"), name="bench")
        stack.callback(database.close)
        simulation = Rows(database).submit(runs=RUNS)
        server = stack.enter_context(serving(postgres.url("page"), room / "server", EPSM_API_THREADS="16"))
        browser = stack.enter_context(running_chromium())
        changes = SPAWN.Process(target=_change, args=(postgres.url("page"), simulation), daemon=True)
        changes.start()
        stack.callback(changes.kill)
        _measure(server, browser, f"/simulations/{simulation}", arguments.rounds, arguments.seconds)
    return 0


def _measure(server: Served, browser: Browser, path: str, rounds: int, seconds: float) -> None:
    print(f"{RUNS:,} runs, {CHANGES_PER_SECOND} changes a second, windows of {seconds:g} s")
    target = Target(server.port, "", "")
    found: dict[str, list[dict[str, float]]] = {"one follower": [], f"{FOLLOWERS + 1} followers": []}
    for number in range(1, rounds + 1):
        for side, count in zip(found, (0, FOLLOWERS), strict=True):
            with ExitStack() as stack:
                if count:
                    stack.enter_context(followers(target, count, f"/api/v1{path}/events"))
                found[side].append(_window(server, browser, path, seconds))
            shown = ", ".join(f"{name} {value:.3f}" for name, value in found[side][-1].items())
            print(f"  round {number}, {side}: {shown}", flush=True)
    for side, windows in found.items():
        print(side)
        for name in windows[0]:
            values = [window[name] for window in windows]
            print(f"  {name}: {statistics.median(values):.3f} median, {min(values):.3f} - {max(values):.3f}")


def _window(server: Served, browser: Browser, path: str, seconds: float) -> dict[str, float]:
    """Opens the page and measures it for `seconds`."""
    with opened(browser, f"http://127.0.0.1:{server.port}") as tab:
        tab.page.goto(path, wait_until="load")
        tab.page.wait_for_selector("tbody tr")
        first = tab.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        session = tab.page.context.new_cdp_session(tab.page)
        session.send("Performance.enable")
        tab.page.wait_for_timeout(SETTLE_SECONDS * 1000)
        started, ticks, worked = time.monotonic(), _ticks(server), _seconds(session.send("Performance.getMetrics"))
        tab.page.wait_for_timeout(seconds * 1000)
        worked = _seconds(session.send("Performance.getMetrics")) - worked
        used, passed = (_ticks(server) - ticks) / TICKS, time.monotonic() - started
        nodes = tab.page.evaluate("document.querySelectorAll('*').length")
    return {
        "first content, s": first / 1000,
        "API, share of a core": used / passed,
        "scripting and layout, share of a core": worked / passed,
        "DOM nodes": nodes,
    }


def _seconds(metrics: dict[str, list[dict[str, float]]]) -> float:
    """Seconds of scripting, layout and style of a page since it was opened."""
    found = {str(metric["name"]): metric["value"] for metric in metrics["metrics"]}
    return found["ScriptDuration"] + found["LayoutDuration"] + found["RecalcStyleDuration"]


def _ticks(server: Served) -> int:
    """Processor time of the API's process, in clock ticks; fields 14 and 15 of proc(5)."""
    fields = Path(f"/proc/{server.worker}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _change(database_url: str, simulation: UUID) -> None:
    """Changes runs of the simulation, most of them such that the page shows, until the process is killed."""
    rows = Rows(Database(database_url, name="bench-changes"))
    runs = rows.runs(simulation)
    for _ in at_rate(changes(rows, runs[:SHOWN], runs[2 * SHOWN :]), CHANGES_PER_SECOND):
        pass


if __name__ == "__main__":
    sys.exit(main())
