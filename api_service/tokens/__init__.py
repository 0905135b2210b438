"""API tokens: made and revoked over HTTP (`views`), on the account page, and from the command line."""

from api_service.tokens.views import blp

__all__ = ["blp"]
