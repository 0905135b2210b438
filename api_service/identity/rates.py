"""How often an owner, or an address, may ask. Each API process counts for itself, in memory, and forgets with its end.

Called by `app.py`, and by whoever turns away an address that says wrong things too often.
"""

import math
import time
from typing import NoReturn, cast

from flask import Flask, current_app, g, request
from flask_limiter import Limiter, RequestLimit
from limits import RateLimitItem, parse

from api_service.http import health
from api_service.http.problem import Problem
from api_service.http.refused import refused
from api_service.identity.who import HEADER, How, Identity, is_owner
from shared import metrics

EXTENSION = "epsm-rates"
#: Wrong tokens from one address: nobody mistypes as many, and each costs a look into Postgres.
FAILED_PROOFS = "60/minute"


def register(app: Flask, rate: str) -> None:
    """Bound the requests of every owner to `rate`, such as "600/minute"; empty bounds nothing."""
    limiter = Limiter(
        current_key,
        application_limits=[rate] if rate else [],
        # One counter per owner; whoever is refused is told the second in which the window ends.
        strategy="fixed-window",
        storage_uri="memory://",
        on_breach=_too_often,
    )
    limiter.exempt(health.blp)
    limiter.init_app(app)
    app.extensions[EXTENSION] = limiter
    metrics.expect_refusals()


def current_key() -> str:
    """Whose request it is, as far as counting goes: whoever asks, or the owner that is named where nobody is asked.

    Who names none properly counts by address.
    """
    identity: Identity | None = g.get("identity")
    owner = "" if identity is None else identity.actor
    if identity is not None and identity.how is How.OFF:
        owner = request.headers.get(HEADER, default=owner).strip()
    return f"owner {owner}" if is_owner(owner) else f"address {request.remote_addr}"


def count_failed_proof() -> None:
    """Somebody has failed to prove who they are. Raises Problem when their address does so too often."""
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
