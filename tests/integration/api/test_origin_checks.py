"""On loopback nobody is asked who they are, but pages of others in its user's browser are kept out."""

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
def test_another_sites_page_changes_nothing(api: Client, model: bytes, weather: bytes, headers: dict[str, str]) -> None:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], headers=headers)

    assert (answer.status_code, answer.content_type) == (403, "application/problem+json")
    assert api.count_rows()["simulations"] == 0
    assert api.left_files() == []


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}])
def test_a_page_of_ours_and_every_program_may(
    api: Client, model: bytes, weather: bytes, headers: dict[str, str]
) -> None:
    assert api.submit([("a.idf", model)], [("b.epw", weather)], headers=headers).status_code == 201


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "10.0.0.1", "[::2]", "[::", "[", "", "a b"]
)
def test_a_name_that_leads_to_loopback_reads_nothing(api: Client, host: str) -> None:
    assert api.get("/api/v1/simulations", headers={"Host": host}).status_code == 403
    assert api.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "localhost", "epsm.localhost:8000"])
def test_loopbacks_own_names_do(api: Client, host: str) -> None:
    assert api.get("/api/v1/simulations", headers={"Host": host}).status_code == 200
