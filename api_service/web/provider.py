"""Sign-in with an OpenID Connect provider: authorization code with PKCE, state and nonce, all by Authlib.

This module converts the claims to an identity. It trusts only the ID token, which the provider sends directly over TLS.
"""

from collections.abc import Mapping
from typing import Any, cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, session
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from api_service.http.dependencies import dependencies
from api_service.http.problem import away, not_found
from api_service.identity.scope import Scope, covering
from api_service.identity.who import How, Identity, is_owner
from shared.logging import get_logger
from shared.settings import Settings

log = get_logger(__name__)

EXTENSION = "epsm-provider"
BACK = "/sign-in/provider/back"
#: Timeout of requests to the provider; the user waits for them.
PATIENCE_SECONDS = 10
#: Signatures that only the provider can create: with a shared secret, or without a signature, others could as well.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
#: Prefix of the keys that Authlib stores in the cookie for each sign-in attempt.
ATTEMPT = "_state_"


class Refused(Exception):
    """The sign-in was refused, by the provider or because of its response; `reason` contains no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def register(app: Flask, settings: Settings) -> None:
    """Registers the configured provider, if any; it is contacted only at a sign-in."""
    if not settings.oidc_issuer or settings.oidc_client_secret is None:
        return
    client = OAuth(app).register(
        "epsm",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE_SECONDS,
        },
    )
    app.extensions[EXTENSION] = client


def away_to() -> Response:
    """Returns the redirect to the provider. Raises Problem when none is configured or it is unreachable."""
    for key in [key for key in session if key.startswith(ATTEMPT)]:
        del session[key]
    try:
        return cast(
            Response, _client().authorize_redirect(f"{(dependencies().settings.public_url or '').rstrip('/')}{BACK}")
        )
    except (RequestException, AuthlibBaseError, ValueError) as error:
        log.warning("provider.away", error=type(error).__name__)
        raise away("The provider cannot be reached at the moment") from error


def identity() -> Identity:
    """Returns the identity after the redirect back from the provider. Raises Refused; Problem without a provider."""
    client, settings = _client(), dependencies().settings
    try:
        _distrust_shared_secrets(client.load_server_metadata())
        answer = client.authorize_access_token(
            claims_options={"iss": {"essential": True, "values": [settings.oidc_issuer]}}
        )
    except MismatchingStateError as error:
        raise Refused("this browser began no such sign-in, or too long ago; try again") from error
    except AuthlibBaseError as error:
        # The description of the error comes from the URL, so anyone can have written it.
        log.warning("provider.refused", error=type(error).__name__)
        raise Refused("the provider's answer cannot be accepted") from error
    except (JoseError, RequestException, ValueError, KeyError, RuntimeError) as error:
        log.warning("provider.broken", error=type(error).__name__)
        raise Refused("the provider's answer cannot be read") from error
    if "userinfo" not in answer:
        raise Refused("the provider sent no ID token")
    return from_claims(answer["userinfo"], settings)


def from_claims(claims: Mapping[str, Any], settings: Settings) -> Identity:
    """Returns the identity for the claims of a verified ID token. Raises Refused."""
    claim = settings.oidc_owner_claim
    owner = claims.get(claim)
    if not isinstance(owner, str) or not is_owner(owner):
        raise Refused(f"the provider gave no claim {claim} that can name an owner")
    if claim == "email" and claims.get("email_verified") is not True:
        raise Refused("the provider has not verified the e-mail address")
    groups = claims.get(settings.oidc_groups_claim)
    named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    is_admin = bool(settings.oidc_admin_group) and settings.oidc_admin_group in named
    scopes = [Scope.ADMIN] if is_admin else [Scope.SUBMIT, Scope.TOKENS]
    return Identity(owner, owner, covering(scopes), How.SESSION)


def _distrust_shared_secrets(metadata: dict[str, Any]) -> None:
    # Authlib accepts ID tokens with any algorithm in the provider's metadata.
    known = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in known if name in ALGORITHMS]


def _client() -> Any:
    client = current_app.extensions.get(EXTENSION)
    if client is None:
        raise not_found("Provider")
    return client
