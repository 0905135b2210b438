"""API tokens: created and revoked over HTTP (`views`), on the account page, and from the command line."""
