"""The WSGI environment: what of a request's head the application sees, and what of it is believed."""

from ipaddress import ip_network
from typing import Any

import pytest

from api_service.http.environ import MAX_HEADER_BYTES, MAX_TARGET_BYTES, environ_of
from api_service.http.problem import Problem

PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


def scope(*headers: tuple[str, str], client: str = "192.0.2.7", **more: Any) -> dict[str, Any]:
    encoded = [(b"host", b"epsm.example"), *((name.encode(), value.encode("latin-1")) for name, value in headers)]
    return {
        "method": "GET",
        "path": "/a b",
        "raw_path": b"/a%20b",
        "query_string": b"x=1",
        "http_version": "1.1",
        "scheme": "http",
        "client": (client, "1234"),
        "server": ("127.0.0.1", "8000"),
        "headers": encoded,
        **more,
    }


def test_the_variables_are_those_of_the_specification() -> None:
    environ = environ_of(scope(("content-type", "text/plain"), ("x-a", "1"), ("x-a", "2")), PROXIES)

    assert environ["PATH_INFO"] == "/a b"
    assert environ["QUERY_STRING"] == "x=1"
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_X_A"] == "1,2"
    assert environ["REMOTE_ADDR"] == "192.0.2.7"
    assert environ["SCRIPT_NAME"] == ""


def test_cookies_are_joined_as_cookies() -> None:
    assert environ_of(scope(("cookie", "a=1"), ("cookie", "b=2")), [])["HTTP_COOKIE"] == "a=1; b=2"


def test_a_path_that_is_not_utf8_keeps_its_bytes() -> None:
    assert environ_of(scope(raw_path=b"/%ff"), [])["PATH_INFO"] == "/\xff"


@pytest.mark.parametrize("name", ["x_forwarded_for", "script_name", "content_length"])
def test_a_header_that_looks_like_another_one_is_left_out(name: str) -> None:
    environ = environ_of(scope((name, "9")), [])

    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert "HTTP_SCRIPT_NAME" not in environ
    assert "CONTENT_LENGTH" not in environ


@pytest.mark.parametrize(
    ("client", "forwarded", "seen"),
    [
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.1.1.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.1.1", "203.0.113.9, 198.51.100.1, 10.2.2.2", "198.51.100.1"),
        ("10.1.1.1", "10.3.3.3", "10.1.1.1"),
        ("10.1.1.1", "", "10.1.1.1"),
        ("::1", "2001:db8::5", "2001:db8::5"),
    ],
)
def test_only_trusted_proxies_say_whose_address_counts(client: str, forwarded: str, seen: str) -> None:
    environ = environ_of(scope(("x-forwarded-for", forwarded), client=client), PROXIES)

    assert environ["REMOTE_ADDR"] == seen


@pytest.mark.parametrize(
    ("client", "scheme", "host"), [("10.1.1.1", "https", "page.example"), ("192.0.2.7", "http", "epsm.example")]
)
def test_only_trusted_proxies_say_scheme_and_host(client: str, scheme: str, host: str) -> None:
    headers = (("x-forwarded-proto", "https"), ("x-forwarded-host", "page.example"))
    environ = environ_of(scope(*headers, client=client), PROXIES)

    assert (environ["wsgi.url_scheme"], environ["HTTP_HOST"]) == (scheme, host)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (scope(query_string=b"a" * MAX_TARGET_BYTES), 414),
        (scope(("x", "a" * MAX_HEADER_BYTES)), 431),
        (scope(headers=[(b"host", b"")]), 400),
        (scope(headers=[]), 400),
    ],
    ids=["long address", "long header", "empty host", "no host"],
)
def test_a_head_that_no_view_may_see_is_refused(given: dict[str, Any], status: int) -> None:
    with pytest.raises(Problem) as refused:
        environ_of(given, PROXIES)

    assert refused.value.status == status


def test_http_1_0_needs_no_host() -> None:
    assert environ_of(scope(headers=[], http_version="1"), [])["SERVER_PROTOCOL"] == "HTTP/1.0"
