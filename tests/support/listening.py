"""Everything that a page gets from the API and from the event stream, as text."""

from playwright.sync_api import Page

#: Runs before the modules of the page.
SCRIPT = """(() => {
  const hear = (text) => void window.heard(String(text));
  const ask = window.fetch;
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    answer.clone().text().then(hear, () => {});
    return answer;
  };
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...given) {
    this.addEventListener("load", () => hear(this.responseText));
    return send.apply(this, given);
  };
  const Shared = window.SharedWorker;
  window.SharedWorker = class extends Shared {
    constructor(...given) {
      super(...given);
      this.port.addEventListener("message", ({ data }) => hear(JSON.stringify(data)));
    }
  };
})();"""


def listen(page: Page) -> list[str]:
    """Prepares a page that has no address yet; returns the list that gets the texts."""
    texts: list[str] = []
    page.expose_function("heard", lambda text: texts.append(text))
    page.add_init_script(SCRIPT)
    return texts
