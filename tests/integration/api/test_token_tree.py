"""Tokens that are made with tokens: they end with their maker, and nobody ends one with more rights."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api_service.http.problem import Problem
from api_service.identity.scope import Scope
from api_service.tokens.queries import create_token, list_tokens, revoke_token
from tests.integration.api.browsing import TOKENS, csrf, sign_in, signed_in
from tests.integration.api.conftest import Client

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def make(api: Client, *scopes: str, **asked: Any) -> tuple[str, Client]:
    """A token made with that of `api`: its id, and the client that uses it."""
    answer = api.post(TOKENS, json={"name": "made", "scopes": scopes, **asked})
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    client = api.calling_as(api.owner)
    client.secret = made["token"]
    return made["id"], client


def status(api: Client) -> int:
    return api.get("/api/v1/simulations").status_code


def own_id(api: Client) -> UUID:
    with api.database.transaction() as connection:
        (newest,) = list_tokens(connection, owner=api.owner, limit=1).items
    return newest.id


def test_revoking_ends_all_that_were_made_with_it_and_their_sessions(anna: Client) -> None:
    child_id, child = make(anna, "read", "tokens")
    _, grandchild = make(child, "read")
    browser = signed_in(grandchild)

    assert anna.call("DELETE", f"{TOKENS}/{child_id}").status_code == 204

    assert (status(anna), status(child), status(grandchild)) == (200, 401, 401)
    assert browser.get("/api/v1/simulations").status_code == 401


def test_a_session_makes_tokens_that_end_with_its_token(closed: Client) -> None:
    anna = closed.calling_as("anna")
    browser, anna_id = signed_in(anna), own_id(anna)
    form = {"csrf_token": csrf(browser, "/account"), "name": "x", "scope": ["read", "tokens"]}
    assert browser.post("/account/tokens", data=form).status_code == 200
    root = closed.calling_as("root", "admin")

    assert root.call("DELETE", f"{TOKENS}/{anna_id}").status_code == 204

    of_anna = root.get(f"{TOKENS}?owner=anna").get_json()["items"]
    assert len(of_anna) == 2
    assert all(token["revoked_at"] for token in of_anna)


def test_making_and_revoking_need_a_scope_of_their_own(closed: Client) -> None:
    submitter = closed.calling_as("anna", "submit")

    made = submitter.post(TOKENS, json={"name": "x", "scopes": ["read"]})
    ended = submitter.call("DELETE", f"{TOKENS}/{own_id(submitter)}")

    for refused in (made, ended):
        assert refused.status_code == 403
        assert 'scope="tokens"' in refused.headers["WWW-Authenticate"]
    browser = signed_in(submitter)
    form = {"csrf_token": csrf(browser, "/account"), "name": "x", "scope": "read"}
    assert browser.post("/account/tokens", data=form).status_code == 403
    assert "New token" not in browser.get("/account").text


def test_nobody_ends_a_token_with_more_rights(closed: Client) -> None:
    admin = closed.calling_as("anna", "admin")
    admin_id = own_id(admin)
    anna = closed.calling_as("anna")

    refused = anna.call("DELETE", f"{TOKENS}/{admin_id}")

    assert (refused.status_code, status(admin)) == (403, 200)
    assert "admin" in refused.get_json()["detail"]
    assert admin.call("DELETE", f"{TOKENS}/{own_id(anna)}").status_code == 204


def test_signing_out_everywhere_ends_no_session_with_more_rights(closed: Client) -> None:
    admin, anna = signed_in(closed.calling_as("anna", "admin")), signed_in(closed.calling_as("anna"))
    other = signed_in(closed.calling_as("anna", "read"))

    anna.post("/sign-out", data={"csrf_token": csrf(anna, "/account"), "everywhere": "1"})

    seen = [client.get("/api/v1/simulations").status_code for client in (admin, anna, other)]
    assert seen == [200, 401, 401]


def test_only_an_admin_makes_a_token_without_an_end(closed: Client, anna: Client) -> None:
    ends = anna.post(TOKENS, json={"name": "x", "scopes": ["read"]}).get_json()["expires_at"]
    never = closed.calling_as("root", "admin").post(TOKENS, json={"name": "x", "scopes": ["read"]}).get_json()

    assert abs(datetime.fromisoformat(ends) - datetime.now(UTC) - timedelta(days=90)) < timedelta(days=1)
    assert never["expires_at"] is None


@pytest.fixture
def maker(closed: Client) -> UUID:
    return own_id(closed.calling_as("carla"))


def test_a_token_that_is_being_made_ends_with_its_maker(closed: Client, maker: UUID) -> None:
    def revoke() -> None:
        with closed.app.app_context(), closed.database.transaction() as connection:
            assert revoke_token(connection, maker, owner=None)

    with ThreadPoolExecutor(1) as pool:
        with closed.app.app_context(), closed.database.transaction() as connection:
            create_token(connection, owner="carla", name="x", scopes=[Scope.READ], expires_at=None, maker_id=maker)
            revoking = pool.submit(revoke)
            # Until the other transaction waits for the lock of this one.
            while not revoking.done() and not connection.scalar(text(WAITING)):
                pass
            assert not revoking.done()
        revoking.result()

    with closed.database.transaction() as connection:
        assert all(token.revoked_at for token in list_tokens(connection, owner="carla", limit=9).items)


def test_a_token_that_has_ended_makes_none(closed: Client, maker: UUID) -> None:
    with closed.app.app_context(), closed.database.transaction() as connection:
        revoke_token(connection, maker, owner=None)

    with closed.app.app_context(), pytest.raises(Problem) as raised, closed.database.transaction() as connection:
        create_token(connection, owner="carla", name="x", scopes=[Scope.READ], expires_at=None, maker_id=maker)
    assert raised.value.status == 401


def test_signing_in_with_a_token_of_the_tree_is_refused_once_it_has_ended(anna: Client) -> None:
    child_id, child = make(anna, "read")
    anna.call("DELETE", f"{TOKENS}/{child_id}")

    assert sign_in(anna.app.test_client(), child.secret).status_code == 403
