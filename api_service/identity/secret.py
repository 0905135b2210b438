"""Secrets of tokens and sessions. Pure.

Postgres stores their SHA-256. A slow hash is needed for passwords that people choose: 256 random bits cannot be
guessed, however fast the hash is, and it is computed for every request. The lookup is also safe against timing attacks:
the duration of a comparison can only reveal a digest, and a secret cannot be computed from its digest.
"""

import hashlib
import secrets

#: Makes a secret recognisable for people and for programs that search for leaked secrets.
PREFIX = "epsm_"
RANDOM_BYTES = 32


def new_secret() -> str:
    """Returns a new random secret."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> str:
    """Returns the SHA-256 of a secret in hexadecimal, which is what the database stores."""
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()
