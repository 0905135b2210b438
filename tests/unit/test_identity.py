"""Identities and scopes, and the settings of authentication."""

from typing import Any

import pytest

from api_service.http.problem import Problem
from api_service.identity.scope import Scope, covering
from api_service.identity.secret import PREFIX, digest, new_secret
from api_service.identity.who import How, Identity, nobody_asked
from api_service.web.provider import Refused, from_claims
from shared.settings import Settings, SettingsError, read_settings

PROVIDER = {
    "oidc_issuer": "https://id.example",
    "oidc_client_id": "epsm",
    "oidc_client_secret": "planted-client-secret",
    "public_url": "https://epsm.example",
}


def person(*scopes: str) -> Identity:
    return Identity("anna", "anna", covering(scopes), How.TOKEN)


def test_scopes_include_the_smaller_ones() -> None:
    assert covering(["read"]) == {Scope.READ}
    assert covering(["submit"]) == {Scope.READ, Scope.SUBMIT}
    assert covering(["admin"]) == set(Scope)


def test_secrets_are_long_and_differ_and_their_digests_do_not_show_them() -> None:
    first, second = new_secret(), new_secret()

    assert first != second
    assert first.startswith(PREFIX)
    assert len(first) == len(PREFIX) + 43
    assert digest(first) == digest(first) != digest(second)
    assert first[len(PREFIX) :] not in digest(first)


def test_an_admin_may_act_for_an_owner_and_stays_who_they_are() -> None:
    acting = person("admin").acting_for(" bert ")

    assert (acting.owner, acting.actor, acting.is_admin) == ("bert", "anna", True)


@pytest.mark.parametrize(("header", "status"), [("bert", 403), ("", 422), ("a\x01", 422), ("x" * 101, 422)])
def test_no_other_scope_may_act_for_an_owner(header: str, status: int) -> None:
    with pytest.raises(Problem) as caught:
        person("submit").acting_for(header)

    assert caught.value.status == status


def test_naming_oneself_and_naming_no_owner_are_the_same() -> None:
    assert person("read").acting_for("anna") == person("read").acting_for(None) == person("read")


def test_without_authentication_every_request_has_admin_rights() -> None:
    assert (nobody_asked().owner, nobody_asked().is_admin) == ("local", True)


@pytest.mark.parametrize(
    ("host", "auth", "required"),
    [
        ("127.0.0.1", None, False),
        ("::1", None, False),
        ("localhost", None, False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "required", True),
        ("127.0.0.1", "off", False),
        ("0.0.0.0", None, True),  # noqa: S104  (a setting, nothing listens)
        ("::", None, True),
        ("epsm.example", None, True),
        ("10.0.0.1", "required", True),
    ],
)
def test_a_token_is_asked_for_wherever_others_can_reach_the_api(host: str, auth: str | None, required: bool) -> None:
    assert read_settings(api_host=host, auth=auth).auth_required is required


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"auth": "off", "api_host": "0.0.0.0"}, "EPSM_AUTH=off"),  # noqa: S104
        ({"auth": "maybe"}, "EPSM_AUTH"),
        ({"session_secret": "short"}, "EPSM_SESSION_SECRET must have at least 32"),
        ({"public_url": "epsm.example"}, "EPSM_PUBLIC_URL"),
        ({"public_url": "https://epsm.example/path"}, "EPSM_PUBLIC_URL"),
        ({"oidc_issuer": "https://id.example"}, "needs EPSM_OIDC_CLIENT_ID, EPSM_OIDC_CLIENT_SECRET, EPSM_PUBLIC_URL"),
        ({**PROVIDER, "oidc_issuer": "http://id.example"}, "must begin with https://"),
        ({**PROVIDER, "oidc_issuer": "http://127.0.0.1.evil.example"}, "must begin with https://"),
    ],
)
def test_insecure_settings_stop_the_process(bad: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(**bad)

    assert sentence in str(caught.value)
    assert "planted" not in str(caught.value)


def test_a_provider_on_this_machine_may_do_without_tls() -> None:
    assert read_settings(**{**PROVIDER, "oidc_issuer": "http://127.0.0.1:9000"}).oidc_issuer


def settings(**changed: Any) -> Settings:
    return read_settings(**PROVIDER, **changed)


def test_the_subject_is_the_owner_by_default() -> None:
    claims = {"sub": "248289761001", "email": "anna@example.org", "groups": ["epsm-admins"]}

    identity = from_claims(claims, settings())

    assert (identity.owner, identity.scopes) == ("248289761001", covering(["submit", "tokens"]))


def test_members_of_the_named_group_are_admins() -> None:
    changed = settings(oidc_admin_group="epsm-admins")

    assert from_claims({"sub": "anna", "groups": ["epsm-admins"]}, changed).is_admin
    assert from_claims({"sub": "anna", "groups": "epsm-admins"}, changed).is_admin
    for groups in (["epsm-admins-not"], [], None, {"epsm-admins": 1}, "epsm", 1):
        assert not from_claims({"sub": "anna", "groups": groups}, changed).is_admin


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "1"},
        {"sub": "1", "email": "anna@example.org"},
        {"sub": "1", "email": "anna@example.org", "email_verified": False},
        {"sub": "1", "email": "anna@example.org", "email_verified": "true"},
        {"sub": "1", "email": ["anna@example.org"], "email_verified": True},
        {"sub": "1", "email": "anna\n@example.org", "email_verified": True},
    ],
)
def test_an_email_address_that_is_not_verified_is_refused(claims: dict[str, Any]) -> None:
    changed = settings(oidc_owner_claim="email")
    with pytest.raises(Refused):
        from_claims(claims, changed)

    verified = {"email": "anna@example.org", "email_verified": True}
    assert from_claims(verified, changed).owner == "anna@example.org"
