"""What a page receives from its event stream and does with it, counted within the page and timed by its clock."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.support.browser import wait_for

#: Runs before the modules of the page. Events are counted where they come from the worker that has the stream.
SCRIPT = """(() => {
  const effort = { events: {}, fetches: 0, mutations: 0, rows: 0, nodes: 0, since: 0 };
  const Shared = window.SharedWorker;
  window.SharedWorker = class extends Shared {
    constructor(...given) {
      super(...given);
      this.port.addEventListener("message", ({ data }) => {
        if (data.type !== "event") return;
        const subject = `${data.name} ${data.data?.id ?? ""}`;
        effort.events[subject] = (effort.events[subject] ?? 0) + 1;
      });
    }
  };
  const ask = window.fetch;
  window.fetch = (...given) => {
    effort.fetches += 1;
    return ask(...given);
  };
  const count = (selector) => document.querySelectorAll(selector).length;
  const note = (records) => {
    effort.mutations += records.length;
    effort.rows = Math.max(effort.rows, count("tbody tr"));
    effort.nodes = Math.max(effort.nodes, count("*"));
  };
  const observer = new MutationObserver(note);
  window.effort = {
    sofar: () => effort,
    begin: () => {
      Object.assign(effort, { events: {}, fetches: 0, mutations: 0, rows: 0, nodes: 0, since: performance.now() });
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    },
    end: () => {
      note(observer.takeRecords());
      observer.disconnect();
      return { ...effort, seconds: (performance.now() - effort.since) / 1000 };
    },
  };
})();"""


@dataclass(frozen=True)
class Effort:
    """Counts of one window; `events` has the events of each subject, such as `run 8f3c…`."""

    events: dict[str, int]
    fetches: int
    mutations: int
    rows: int
    nodes: int
    seconds: float

    def of(self, name: str) -> dict[str, int]:
        """Events of this name, by the id of their subject."""
        found = (re.fullmatch(rf"{name} (.*)", subject) for subject in self.events)
        return {match[1]: self.events[match[0]] for match in found if match}


def count_effort(page: Page) -> None:
    """Prepares a page that has no address yet."""
    page.add_init_script(SCRIPT)


def begin(page: Page) -> None:
    """Begins a window, once the stream has brought its first events."""
    wait_for(page, "Object.keys(window.effort.sofar().events).some((subject) => subject.startsWith('health'))")
    page.evaluate("window.effort.begin()")


def end(page: Page) -> Effort:
    """Ends the window."""
    found: dict[str, Any] = page.evaluate("window.effort.end()")
    del found["since"]
    return Effort(**found)
