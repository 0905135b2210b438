"""A second API of the stack, which asks everybody to sign in, and its users."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from playwright.sync_api import Page

from api_service.identity.scope import Scope
from api_service.tokens.queries import create_token
from deploy.local.monitoring import answers
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.processes import Process, wait_until
from deploy.local.stack import ROOT, Stack
from shared.db.database import Database


@dataclass(frozen=True)
class User:
    """Somebody with a token."""

    url: str
    token: str

    def get(self, path: str) -> Any:
        answer = requests.get(self.url + path, headers={"Authorization": f"Bearer {self.token}"}, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sign_in(self, page: Page, path: str = "/") -> None:
        page.goto(path)
        page.get_by_label("API token").fill(self.token)
        page.get_by_role("button", name="Sign in with the token").click()
        page.get_by_role("button", name="Sign out", exact=True).wait_for()


@dataclass(frozen=True)
class AskingApi:
    """The address of the API, and the database of the stack."""

    url: str
    database: Database

    def user(self, owner: str, scope: Scope = Scope.SUBMIT) -> User:
        with self.database.transaction() as connection:
            made = create_token(connection, owner=owner, name="test", scopes=[scope], expires_at=None)
        return User(self.url, made.token or "")


@contextmanager
def asking_api(stack: Stack) -> Iterator[AskingApi]:
    """Starts the API beside the stack's own one, and ends it."""
    port, health = free_ports(2)
    process = Process("asking", stack.directory)
    settings = {"EPSM_AUTH": "required", "EPSM_API_PORT": str(port), "EPSM_API_HEALTH_PORT": str(health)}
    process.start([sys.executable, "-m", "api_service"], {**stack.environment(), **settings}, ROOT)
    database = Database(stack.postgres.url(), name="test")
    try:
        wait_until(lambda: answers(port, "/readyz"), process, "the API that asks")
        yield AskingApi(f"http://{LOOPBACK}:{port}", database)
    finally:
        database.close()
        process.stop()
