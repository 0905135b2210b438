"""Connection URL of RabbitMQ for all clients: publishers, workers, probes."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from shared.settings import Settings


def broker_address(settings: Settings) -> str:
    """URL for pika, with TLS options when certificates are configured. Contains the password."""
    address = settings.broker_url.get_secret_value()
    if (certificates := settings.broker_certificates) is None:
        return address
    options = {"ca_certs": str(certificates.ca)}
    if certificates.certificate is not None:
        options |= {"certfile": str(certificates.certificate), "keyfile": str(certificates.key)}
    return with_query(address, {"ssl_options": repr(options)})


def with_query(address: str, added: dict[str, str]) -> str:
    """`address` with the query parameters `added`, which replace existing ones of the same names."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **added})))
