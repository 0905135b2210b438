"""Secrets of tokens and sessions. Pure.

Postgres keeps their SHA-256. A slow hash is for what people think up; nobody guesses 256 random bits, however fast the
hash, and it is computed for every request. Looking the digest up gives no timing away either: whoever measures how far
a comparison came learns about a digest, from which there is no way back to a secret.
"""

import hashlib
import secrets

#: Lets people, and programs that look for leaked secrets, see what it is.
PREFIX = "epsm_"
RANDOM_BYTES = 32


def new_secret() -> str:
    """A secret that nobody has had before."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()
