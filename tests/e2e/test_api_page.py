"""The API's documentation page in a real browser: it shows the document and loads nothing from other hosts."""

from playwright.sync_api import Browser

from tests.e2e.conftest import System
from tests.support.browser import opened


def test_the_page_explains_a_submission_without_requests_to_other_hosts(system: System, browser: Browser) -> None:
    with opened(browser, system.stack.url) as tab:
        tab.page.goto("/api/docs")
        tab.page.get_by_text("Submit models and weather files, uploaded or named by hash.").click()

        tab.page.get_by_text("IDF or epJSON files.").wait_for()
        assert tab.page.title() == "EPSM API"
        assert tab.requested
        assert [url for url in tab.requested if not url.startswith(system.stack.url)] == []
        assert tab.said == []
