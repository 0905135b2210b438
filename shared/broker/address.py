"""Addresses of RabbitMQ for all clients: publishers, workers, probes, and the reader of its management API."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from shared.settings import Settings
from shared.settings.certificates import Certificates


@dataclass(frozen=True, slots=True)
class ManagementAddress:
    """Where the management API lists the queues of our virtual host, and how to sign in there."""

    url: str
    user: str
    password: str
    certificates: Certificates | None


def broker_address(settings: Settings) -> str:
    """URL for pika, with TLS options when certificates are configured. Contains the password."""
    address = settings.broker_url.get_secret_value()
    if (certificates := settings.broker_certificates) is None:
        return address
    options = {"ca_certs": str(certificates.ca)}
    if certificates.certificate is not None:
        options |= {"certfile": str(certificates.certificate), "keyfile": str(certificates.key)}
    return with_query(address, {"ssl_options": repr(options)})


def management_address(settings: Settings) -> ManagementAddress | None:
    """The management API's list of queues, None when no address of it is configured."""
    if settings.broker_management_url is None:
        return None
    parts = urlsplit(settings.broker_url.get_secret_value())
    # As pika does: without a path it is the virtual host "/".
    vhost = quote(unquote(parts.path[1:]) or "/", safe="")
    return ManagementAddress(
        f"{settings.broker_management_url}/api/queues/{vhost}",
        unquote(parts.username or "guest"),
        unquote(parts.password or "guest"),
        settings.broker_certificates,
    )


def with_query(address: str, added: dict[str, str]) -> str:
    """`address` with the query parameters `added`, which replace existing ones of the same names."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **added})))
