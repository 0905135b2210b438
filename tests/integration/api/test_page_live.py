"""Pages whose runs change by SQL: work is bounded at 50 changes a second of 20,000 runs, and lists show what is so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.postgres import PostgresServer
from shared.db.database import Database
from tests.integration.api.serving import serving
from tests.rows import Rows
from tests.servers import TEMPLATE
from tests.support.browser import PATIENCE_MS, opened, running_chromium, wait_for
from tests.support.changes import at_rate, changes
from tests.support.effort import Effort, begin, count_effort, end

PER_SECOND = 50
CHANGES = 300
#: Runs of a table's first page.
PAGE = 50
#: As many rows as a table shows at most, and the API gives.
MOST_ROWS = 200
#: The elements of a table's first page and of everything around it.
MOST_NODES = 3000
#: In the row of a run: status, start, end, duration; a list also says that there is news.
MUTATIONS_OF_RUN = 3
#: In the head of a simulation: facts, bar, downloads, title, buttons, and the number of each status.
MUTATIONS_OF_SIMULATION = 20
#: Holds the answer to a request back.
HOLD = """(() => {
  const ask = window.fetch;
  let gate = Promise.resolve();
  window.hold = () => { gate = new Promise((release) => { window.release = release; }); };
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    window.isHeld = Boolean(window.release);
    await gate;
    return answer;
  };
})();"""


@dataclass(frozen=True)
class Site:
    """A server and its database."""

    address: str
    rows: Rows


@pytest.fixture(scope="module")
def site(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory: Path = tmp_path_factory.mktemp("page")
    postgres_server.create_database("page_effort", template=TEMPLATE)
    url = postgres_server.url("page_effort")
    database = Database(url, name="test")
    with serving(url, directory) as server:
        yield Site(f"http://127.0.0.1:{server.port}", Rows(database))
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as running:
        yield running


def test_the_view_of_a_simulation_of_20000_runs_does_bounded_work(site: Site, browser: Browser) -> None:
    simulation = site.rows.submit(20_000)

    effort = watched(site, browser, f"/simulations/{simulation}", simulation, shows_progress)

    assert effort.of("simulation")[str(simulation)] >= 1
    assert sum(effort.of("run").values()) > effort.of("simulation")[str(simulation)]


def test_the_list_of_all_runs_does_bounded_work(site: Site, browser: Browser) -> None:
    watched(site, browser, "/runs", site.rows.submit(1000), shows_progress)


def test_the_list_of_simulations_does_bounded_work(site: Site, browser: Browser) -> None:
    watched(site, browser, "/simulations", site.rows.submit(1000), shows_counts)


def test_an_answer_that_is_older_than_an_event_is_not_shown(site: Site, browser: Browser) -> None:
    run_id = site.rows.runs(site.rows.submit())[0]
    with opened(browser, site.address) as tab:
        count_effort(tab.page)
        tab.page.add_init_script(HOLD)
        tab.page.goto("/runs")
        row = tab.page.locator("tbody tr").filter(has=tab.page.locator(f"a[href='/runs/{run_id}']"))
        expect(row).to_contain_text("Queued")
        begin(tab.page)
        tab.page.evaluate("window.hold()")
        tab.page.get_by_role("button", name="Refresh").click()
        wait_for(tab.page, "window.isHeld")
        site.rows.start(run_id)
        expect(row).to_contain_text("Running", timeout=PATIENCE_MS)

        tab.page.evaluate("window.release()")
        wait_for(tab.page, "!document.querySelector('[aria-busy]')")

        expect(row).to_contain_text("Running")
        assert end(tab.page).fetches == 1


def test_a_change_of_an_older_simulation_does_not_put_it_on_top(site: Site, browser: Browser) -> None:
    older, *_, newer = [site.rows.submit() for _ in range(PAGE + 1)]
    with opened(browser, site.address) as tab:
        count_effort(tab.page)
        tab.page.goto("/simulations")
        links = tab.page.locator("tbody tr td.named a")
        expect(links).to_have_count(PAGE)
        begin(tab.page)
        for simulation in (older, newer):
            site.rows.start(site.rows.runs(simulation)[0])
        expect(tab.page.locator("tbody tr").first).to_contain_text("Running", timeout=PATIENCE_MS)
        assert links.first.get_attribute("href") == f"/simulations/{newer}"
        assert tab.page.evaluate("window.effort.sofar().fetches") == 0

        newest = [site.rows.submit() for _ in range(20)][-1]

        expect(links.first).to_have_attribute("href", f"/simulations/{newest}", timeout=PATIENCE_MS)
        # One reading at once, and one after each pause.
        effort = end(tab.page)
        assert 0 < effort.fetches <= effort.seconds / 2 + 2


def watched(
    site: Site, browser: Browser, path: str, simulation: UUID, shows: Callable[[Site, Page, UUID], None]
) -> Effort:
    """Changes runs, most of them among the first ones, which a view of runs shows; checks what holds for every view.

    `shows` waits until the page shows what is so, with the run that was changed last of the first ones.
    """
    run_ids = site.rows.runs(simulation)
    first, others = run_ids[:PAGE], run_ids[2 * PAGE :]
    with opened(browser, site.address) as tab:
        count_effort(tab.page)
        tab.page.goto(path)
        tab.page.locator("tbody tr").first.wait_for()
        begin(tab.page)
        made = list(islice(at_rate(changes(site.rows, first, others), PER_SECOND), CHANGES))
        last = [run_id for run_id in made if run_id in first][-1]
        shows(site, tab.page, last)
        effort = end(tab.page)

    assert sum(run_id in first for run_id in made) > CHANGES / 2
    assert max(effort.events.values()) <= effort.seconds + 2
    assert effort.rows <= MOST_ROWS
    assert effort.nodes <= MOST_NODES
    # Nothing is polled: only what the stream leaves out is fetched, the simulation and its runs.
    anew = sum(sum(effort.of(name).values()) for name in ("refetch", "reset"))
    assert effort.fetches <= 2 * anew
    # Answers to requests from before the window come in it, too.
    anew += 1
    of_runs = sum(effort.of("run").values()) + PAGE * anew
    of_simulations = sum(effort.of("simulation").values()) + anew
    assert 0 < effort.mutations <= MUTATIONS_OF_RUN * of_runs + MUTATIONS_OF_SIMULATION * of_simulations
    return effort


def shows_progress(site: Site, page: Page, run_id: UUID) -> None:
    row = page.locator("tbody tr").filter(has=page.locator(f"a[href='/runs/{run_id}']"))
    expect(row).to_contain_text(f"{site.rows.run(run_id).progress} %", timeout=PATIENCE_MS)


def shows_counts(site: Site, page: Page, run_id: UUID) -> None:
    counted = site.rows.simulation(site.rows.run(run_id).simulation_id)
    row = page.locator("tbody tr").first
    expect(row).to_contain_text(f"{counted.succeeded} of {counted.total}", timeout=PATIENCE_MS)
