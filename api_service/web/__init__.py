"""Web pages beside the API: views of simulations and of the fleet, sign-in, sign-out and account."""

from flask import Flask

from api_service.web import account, assets, docs, look, provider, sign_in, view
from shared.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Registers the pages, their static files and the OpenID Connect provider."""
    look.register(app)
    for blueprint in (assets.blp, view.blp, docs.blp, sign_in.blp, account.blp):
        app.register_blueprint(blueprint)
    provider.register(app, settings)
