"""Validation of URLs that may contain a password. No error message repeats the URL.

Called by `servers.py` and `api.py`. A special character in a password that is not percent-encoded shifts the rest of
the URL, so a library's error message would show part of the password as host or port.
"""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+psycopg2"
#: Values of `sslmode` with which libpq may open an unencrypted connection.
UNSAFE_MODES = frozenset({"disable", "allow", "prefer"})
#: A name, its international letters in their ASCII form, or an address of IPv4 or IPv6.
ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_PORT = 65535
ENCODED = "special letters in user and password must be percent-encoded, such as %40 for @"


def postgres_address(given: str) -> str:
    """The URL of Postgres with the scheme of the installed driver. Raises ValueError."""
    scheme, separator, rest = given.partition("://")
    if not separator or scheme not in {"postgresql", "postgres", DRIVER}:
        raise ValueError(f"is not an address of Postgres: it begins with neither postgresql:// nor {DRIVER}://")
    address = f"{DRIVER}://{rest}"
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise ValueError(f"cannot be read; {ENCODED}") from None
    if "@" in (url.host or ""):
        raise ValueError(f"has an @ too many; {ENCODED}")
    return address


def rabbitmq_address(given: str) -> str:
    """The unchanged URL of RabbitMQ, if it is valid. Raises ValueError."""
    if given.partition("://")[0] not in {"amqp", "amqps"}:
        raise ValueError("is not an address of RabbitMQ: it begins with neither amqp:// nor amqps://")
    parts = _split(given)
    # Dramatiq splits the URL at semicolons into several URLs.
    if parts.netloc.count("@") > 1 or "@" in parts.path + parts.query + parts.fragment or ";" in given:
        raise ValueError(f"cannot be read; {ENCODED}")
    return given


def http_address(given: str) -> str:
    """The URL of an HTTP server without a slash at its end, if it contains no password. Raises ValueError."""
    parts = _split(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an address of HTTP: it begins with neither http:// nor https://")
    if "@" in given or parts.query or parts.fragment:
        raise ValueError("must hold a host and a port alone: user and password are those of EPSM_BROKER_URL")
    return given.rstrip("/")


def storage_address(given: str) -> str:
    """The unchanged URL of a store, if it contains no keys. Raises ValueError."""
    if "@" in _split(given).netloc:
        raise ValueError("must hold no keys: they are EPSM_S3_ACCESS_KEY and EPSM_S3_SECRET_KEY")
    return given


def web_origin(given: str) -> str:
    """The origin of a web page as browsers send it, without the scheme's own port. Raises ValueError."""
    found = ORIGIN.fullmatch(given.lower())
    if found is None or int(found[3] or 0) > MAX_PORT:
        raise ValueError("is not a list of origins scheme://host[:port], without paths and without *")
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + ("" if port is None or int(port) == DEFAULT_PORTS[scheme] else f":{int(port)}")


def secrets_in(given: str) -> frozenset[str]:
    """The password in a URL, both percent-encoded and decoded; a value that is no URL is a secret as a whole."""
    if "://" not in given:
        return frozenset({given})
    found = re.search(r"://[^:@/]*:([^@]+)@", given)
    return frozenset({found[1], unquote(found[1])}) if found else frozenset()


def allows_plain_text(postgres: str) -> bool:
    """Whether the `sslmode` in a URL of Postgres allows an unencrypted connection."""
    return make_url(postgres).query.get("sslmode") in UNSAFE_MODES


def _split(given: str) -> SplitResult:
    try:
        parts = urlsplit(given)
        # The port is parsed on access only; a ValueError must be raised here.
        _ = parts.port
    except ValueError:
        raise ValueError(f"cannot be read; {ENCODED}") from None
    return parts
