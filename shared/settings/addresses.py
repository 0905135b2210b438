"""Addresses with passwords in them, as operators hand them out: put right or refused without being repeated.

Called by `servers.py`. A special letter in a password that is not percent-encoded shifts the rest of the address, and
whatever then fails would print a piece of the password as a host or a port.
"""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+psycopg2"
#: What libpq may answer with a connection that is not encrypted.
UNSAFE_MODES = frozenset({"disable", "allow", "prefer"})
ENCODED = "special letters in user and password must be percent-encoded, such as %40 for @"


def postgres_address(given: str) -> str:
    """The address with the driver we have. Raises ValueError."""
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
    """The address as it is. Raises ValueError."""
    if given.partition("://")[0] not in {"amqp", "amqps"}:
        raise ValueError("is not an address of RabbitMQ: it begins with neither amqp:// nor amqps://")
    parts = _split(given)
    # Dramatiq takes what a semicolon separates for several addresses.
    if parts.netloc.count("@") > 1 or "@" in parts.path + parts.query + parts.fragment or ";" in given:
        raise ValueError(f"cannot be read; {ENCODED}")
    return given


def storage_address(given: str) -> str:
    """The address as it is. Raises ValueError."""
    if "@" in _split(given).netloc:
        raise ValueError("must hold no keys: they are EPSM_S3_ACCESS_KEY and EPSM_S3_SECRET_KEY")
    return given


def secrets_in(given: str) -> frozenset[str]:
    """The password in an address, as it is written and as it is meant; all of what is no address."""
    if "://" not in given:
        return frozenset({given})
    found = re.search(r"://[^:@/]*:([^@]+)@", given)
    return frozenset({found[1], unquote(found[1])}) if found else frozenset()


def allows_plain_text(postgres: str) -> bool:
    """Whether an address of Postgres asks for a connection that need not be encrypted."""
    return make_url(postgres).query.get("sslmode") in UNSAFE_MODES


def _split(given: str) -> SplitResult:
    try:
        parts = urlsplit(given)
        # Read only when asked for.
        _ = parts.port
    except ValueError:
        raise ValueError(f"cannot be read; {ENCODED}") from None
    return parts
