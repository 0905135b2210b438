"""Without authentication on loopback, requests of other sites' pages and DNS rebinding are refused."""

import pytest

from tests.integration.api.conftest import Client


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(
    api: Client, model: bytes, weather: bytes, headers: dict[str, str]
) -> None:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], headers=headers)

    assert (answer.status_code, answer.content_type) == (403, "application/problem+json")
    assert api.count_rows()["simulations"] == 0
    assert api.left_files() == []


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}])
def test_our_own_pages_and_programs_are_allowed(
    api: Client, model: bytes, weather: bytes, headers: dict[str, str]
) -> None:
    assert api.submit([("a.idf", model)], [("b.epw", weather)], headers=headers).status_code == 201


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "10.0.0.1", "[::2]", "[::", "[", "", "a b"]
)
def test_dns_rebinding_reads_nothing(api: Client, host: str) -> None:
    assert api.get("/api/v1/simulations", headers={"Host": host}).status_code == 403
    assert api.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "localhost", "epsm.localhost:8000"])
def test_names_of_loopback_are_allowed(api: Client, host: str) -> None:
    assert api.get("/api/v1/simulations", headers={"Host": host}).status_code == 200
