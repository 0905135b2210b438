"""The few pages that are not the API's own: signing in and out, the account. Rendered here, without scripts."""

from flask import Flask

from api_service.web import account, look, provider, sign_in
from shared.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Add the pages to the application."""
    for blueprint in (look.blp, sign_in.blp, account.blp):
        app.register_blueprint(blueprint)
    provider.register(app, settings)
