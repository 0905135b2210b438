"""Certificate files of a connection, from the settings; checked to be loadable before any connection is made.

Created by `servers.py`. The `address` modules of broker and database, and the S3 client, pass them to their libraries.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificate authorities to trust, and the client certificate with its key for a server that requires one."""

    ca: Path
    certificate: Path | None
    key: Path | None


def find_certificates(server: str, ca: Path | None, certificate: Path | None, key: Path | None) -> Certificates | None:
    """The certificates for `server` (the word in its settings' names), None without `ca`.

    Raises ValueError when files are missing, cannot be loaded or do not belong together.
    """
    prefix = f"EPSM_{server}"
    if (certificate is None) != (key is None):
        raise ValueError(f"{prefix}_CERT_FILE and {prefix}_KEY_FILE belong together: only one of them is set")
    if ca is None:
        if certificate is not None:
            raise ValueError(f"{prefix}_CERT_FILE is set without {prefix}_CA_FILE, which says whom it may be shown to")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _attempt(f"{prefix}_CA_FILE {ca}", lambda: context.load_verify_locations(ca))
    if certificate is not None:
        # An empty password, because OpenSSL would otherwise ask on the terminal for that of an encrypted key.
        named = f"{prefix}_CERT_FILE {certificate} with {prefix}_KEY_FILE {key}"
        _attempt(named, lambda: context.load_cert_chain(certificate, key, password=""))
    return Certificates(ca, certificate, key)


def _attempt(what: str, load: Callable[[], None]) -> None:
    try:
        load()
    except OSError as error:
        reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
        raise ValueError(f"{what} cannot be used: {reason or error}") from None
