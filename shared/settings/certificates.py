"""The certificates of one connection: what the settings name, seen to be usable before anybody connects.

Made by `servers.py`; the address of each server puts it into the words of its library.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """Whom to trust, and what to show a server that asks who we are."""

    ca: Path
    certificate: Path | None
    key: Path | None


def find_certificates(server: str, ca: Path | None, certificate: Path | None, key: Path | None) -> Certificates | None:
    """The certificates for `server` (a word of its settings' names), None without an authority. Raises ValueError."""
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
        # An empty password, because a key that wants one would be asked for on the terminal.
        named = f"{prefix}_CERT_FILE {certificate} with {prefix}_KEY_FILE {key}"
        _attempt(named, lambda: context.load_cert_chain(certificate, key, password=""))
    return Certificates(ca, certificate, key)


def _attempt(what: str, load: Callable[[], None]) -> None:
    try:
        load()
    except OSError as error:
        reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
        raise ValueError(f"{what} cannot be used: {reason or error}") from None
