"""Explanations for failed connections to RabbitMQ, for operators who read the log."""

#: Explanations by a part of the library's error text; the first part that is found decides.
HINTS = {
    "CERTIFICATE_VERIFY_FAILED": "its certificate is not one that EPSM_BROKER_CA_FILE vouches for, for this host name",
    "CERTIFICATE_REQUIRED": "it wants a certificate of its clients, which EPSM_BROKER_CERT_FILE names",
    "WRONG_VERSION_NUMBER": "it does not speak TLS on this port",
    # With TLS 1.2, and when the connection was closed before the actual reason arrived.
    "HANDSHAKE_FAILURE": "it may want a certificate of its clients, which EPSM_BROKER_CERT_FILE names",
    "IncompatibleProtocolError": (
        "it hung up at once: it does not speak AMQP on this port, speaks TLS only (amqps://), "
        "or wants a certificate of its clients, which EPSM_BROKER_CERT_FILE names"
    ),
    "ACCESS_REFUSED": "it does not take the user and password of EPSM_BROKER_URL",
    "Connection refused": "nobody listens there",
}


def reason(error: BaseException) -> str:
    """A sentence about a failed connection: an explanation, if there is one, and the library's error text."""
    said = repr(error)
    hint = next((hint for sign, hint in HINTS.items() if sign in said), None)
    return f"{hint} ({said})" if hint else said
