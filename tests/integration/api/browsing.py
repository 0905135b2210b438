"""Signing in with a browser."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.integration.api.conftest import Client

TOKENS = "/api/v1/tokens"


def csrf(client: FlaskClient, path: str) -> str:
    found = re.search(r'csrf[_-]token"\s+(?:value|content)="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, secret: str, **form: str) -> TestResponse:
    return client.post("/sign-in", data={"token": secret, "csrf_token": csrf(client, "/sign-in"), **form})


def signed_in(api: Client) -> FlaskClient:
    client = api.app.test_client()
    assert sign_in(client, api.secret).status_code == 303
    return client
