"""Web pages beside the API: sign-in, sign-out and account. Rendered on the server, without scripts."""

from flask import Flask

from api_service.web import account, look, provider, sign_in
from shared.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Registers the pages and the OpenID Connect provider."""
    for blueprint in (look.blp, sign_in.blp, account.blp):
        app.register_blueprint(blueprint)
    provider.register(app, settings)
