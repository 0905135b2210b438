"""Rate limits per owner and per address. Each API process counts its own requests, in memory, until it ends.

Registered by `app.py`; `guard` and the sign-in page report failed authentications.
"""

import math
import time
from typing import NoReturn, cast

from flask import Flask, current_app, g, request
from flask_limiter import Limiter, RequestLimit
from limits import RateLimitItem, parse

from api_service.http import health
from api_service.http.head import is_admitted
from api_service.http.problem import Problem
from api_service.http.refused import refused
from api_service.identity.who import HEADER, How, Identity, is_owner
from shared import metrics

EXTENSION = "epsm-rates"
#: Maximum rate of wrong tokens per address: far above typing errors, and each of them costs a query in Postgres.
FAILED_PROOFS = "60/minute"


def register(app: Flask, rate: str) -> None:
    """Limits the requests of every owner to `rate`, such as "600/minute"; an empty string means no limit."""
    limiter = Limiter(
        current_key,
        application_limits=[rate] if rate else [],
        # One counter per owner; Retry-After gives the exact end of the window.
        strategy="fixed-window",
        storage_uri="memory://",
        on_breach=_too_often,
    )
    limiter.exempt(health.blp)
    limiter.request_filter(is_admitted)
    limiter.init_app(app)
    app.extensions[EXTENSION] = limiter
    metrics.expect_refusals()


def current_key() -> str:
    """Returns the key that the current request is counted under: the authenticated actor, else the address.

    When authentication is off, it is the owner in the header, or the address when that is not a valid name.
    """
    identity: Identity | None = g.get("identity")
    owner = "" if identity is None else identity.actor
    if identity is not None and identity.how is How.OFF:
        owner = request.headers.get(HEADER, default=owner).strip()
    return f"owner {owner}" if is_owner(owner) else f"address {request.remote_addr}"


def count_failed_proof() -> None:
    """Counts a failed authentication. Raises Problem when there are too many from the address."""
    limiter = cast(Limiter, current_app.extensions[EXTENSION]).limiter
    item, key = parse(FAILED_PROOFS), ("failed proof", request.remote_addr or "")
    if not limiter.hit(item, *key):
        raise _refusal("address_rate", item, "This address", limiter.get_window_stats(item, *key).reset_time)


def _too_often(breached: RequestLimit) -> NoReturn:
    raise _refusal("request_rate", breached.limit, "This owner", breached.window.reset_time)


def _refusal(reason: str, item: RateLimitItem, who: str, reset_at: float) -> Problem:
    seconds = max(1, math.ceil(reset_at - time.time()))
    said = f"{who} has made more than the {item.amount} requests that are allowed per {item.GRANULARITY.name}"
    return refused(reason, 429, f"{said}; try again in {seconds} s", retry_after_seconds=seconds)
