"""The list of views: each has what it needs, the navigation shows what a requester may see, and names are escaped."""

from pathlib import Path

import pytest
from flask import Flask, render_template

from api_service.identity.scope import Scope, covering
from api_service.identity.who import How, Identity
from api_service.web import assets, look, view
from api_service.web.navigation import VIEWS, Entry, View, entries

WEB = Path(look.__file__).parent
HOSTILE = '"><script>alert(1)</script>'


def identity(*scopes: str, owner: str = "anna") -> Identity:
    return Identity(owner, owner, covering(scopes), How.SESSION)


@pytest.mark.parametrize("entry", VIEWS, ids=lambda entry: entry.name)
def test_a_view_has_a_template_a_module_and_an_address_of_its_own(entry: View) -> None:
    assert entry.name
    assert (WEB / "templates" / "views" / f"{entry.name}.html").exists()
    assert f"js/views/{entry.name}.js" in assets.assets().files
    assert [other.name for other in VIEWS if entry.path == other.path or entry.name == other.name] == [entry.name]


def test_the_navigation_shows_what_the_scope_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = View("/secret", "Secret", Scope.ADMIN, name="secret")
    detail = View("/runs/<uuid:run_id>", "Run", name="run", in_menu=False)
    monkeypatch.setattr("api_service.web.navigation.VIEWS", (*VIEWS, secret, detail))

    assert secret in entries(identity("admin"))
    assert secret not in entries(identity("read"))
    assert detail not in entries(identity("admin"))
    assert Entry("/account", "Settings") in entries(identity("read"))
    assert entries(None) == []


def test_what_a_page_shows_is_escaped() -> None:
    app = Flask("test", static_folder=None, template_folder=str(WEB / "templates"))
    app.register_blueprint(assets.blp)
    look.register(app)
    shown = {"view": VIEWS[0], "variables": {"simulation_id": HOSTILE}, "navigation": entries(identity("read"))}
    with app.test_request_context():
        text = render_template(
            f"views/{VIEWS[0].name}.html", who=identity("read", owner=HOSTILE), csrf_token=HOSTILE, path="/x", **shown
        )

    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)") == 5
    assert 'data-simulation-id="&#34;&gt;' in text


def test_every_view_is_a_page_of_the_blueprint_that_sends_browsers_to_sign_in() -> None:
    app = Flask("test", static_folder=None)
    app.register_blueprint(view.blp)

    rules = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules()}

    assert rules == {
        "/": "view.home",
        "/settings": "view.settings",
        **{entry.path: f"view.{entry.name}" for entry in VIEWS},
    }
