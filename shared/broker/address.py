"""The one address that everybody reaches RabbitMQ with: publishers, workers, probes."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from shared.settings import Settings


def broker_address(settings: Settings) -> str:
    """pika's address, with what the server is verified by where certificates are named. Holds a secret."""
    address = settings.broker_url.get_secret_value()
    if (certificates := settings.broker_certificates) is None:
        return address
    options = {"ca_certs": str(certificates.ca)}
    if certificates.certificate is not None:
        options |= {"certfile": str(certificates.certificate), "keyfile": str(certificates.key)}
    return with_query(address, {"ssl_options": repr(options)})


def with_query(address: str, added: dict[str, str]) -> str:
    """`address` with `added` in its query, in place of what is there under the same names."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **added})))
