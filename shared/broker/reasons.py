"""Why RabbitMQ cannot be reached, in words for the person who reads the log; the library's own come after them."""

#: The first sign that is found in what the library says decides.
HINTS = {
    "CERTIFICATE_VERIFY_FAILED": "its certificate is not one that EPSM_BROKER_CA_FILE vouches for, for this host name",
    "CERTIFICATE_REQUIRED": "it wants a certificate of its clients, which EPSM_BROKER_CERT_FILE names",
    "WRONG_VERSION_NUMBER": "it does not speak TLS on this port",
    # Over TLS 1.2, and when the connection is gone before the reason has come through.
    "HANDSHAKE_FAILURE": "it may want a certificate of its clients, which EPSM_BROKER_CERT_FILE names",
    "IncompatibleProtocolError": (
        "it hung up at once: it does not speak AMQP on this port, speaks TLS only (amqps://), "
        "or wants a certificate of its clients, which EPSM_BROKER_CERT_FILE names"
    ),
    "ACCESS_REFUSED": "it does not take the user and password of EPSM_BROKER_URL",
    "Connection refused": "nobody listens there",
}


def reason(error: BaseException) -> str:
    """A sentence about a connection that did not come about."""
    said = repr(error)
    hint = next((hint for sign, hint in HINTS.items() if sign in said), None)
    return f"{hint} ({said})" if hint else said
