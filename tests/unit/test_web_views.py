"""The list of views: each has what it needs, the navigation shows what a requester may see, and names are escaped."""

import re
from pathlib import Path

import pytest
from flask import Flask, render_template

from api_service.identity.scope import Scope, covering
from api_service.identity.who import How, Identity
from api_service.web import assets, look, view
from api_service.web.navigation import VIEWS, Entry, View, entries

WEB = Path(look.__file__).parent
ROOT = WEB.parents[1]
ACTION = re.compile(
    r'"((?:simulation|run|fleet|queue|dead_letters|worker|token|session|request)\.[a-z_]+)"',
)
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


def shown_to(name: str, *scopes: str) -> str:
    app = Flask("test", static_folder=None, template_folder=str(WEB / "templates"))
    app.register_blueprint(assets.blp)
    look.register(app)
    (found,) = (one for one in VIEWS if one.name == name)
    with app.test_request_context():
        return render_template(
            f"views/{name}.html", view=found, who=identity(*scopes), csrf_token="x", path="/x", navigation=[]
        )


@pytest.mark.parametrize(
    ("name", "scope", "less"),
    [("queues", "admin", "submit"), ("workers", "admin", "submit"), ("runs", "submit", "read")],
)
def test_a_view_tells_its_module_what_the_requester_may_do(name: str, scope: str, less: str) -> None:
    assert re.search(r'data-may-\w+="yes"', shown_to(name, scope))
    assert re.search(r'data-may-\w+="no"', shown_to(name, less))


def test_only_admins_get_the_buttons_of_the_fleet_and_the_audit_log() -> None:
    assert 'id="pause-all"' in shown_to("queues", "admin")
    assert 'id="pause-all"' not in shown_to("queues", "submit")
    assert {entry.title for entry in entries(identity("admin"))} - {
        entry.title for entry in entries(identity("read"))
    } == {"Audit", "New"}


def test_every_action_of_the_audit_log_has_words() -> None:
    noted = set()
    for path in (ROOT / "api_service").rglob("*.py"):
        noted |= set(ACTION.findall(re.sub(r"\blog\.\w+\([^)]*\)", "", path.read_text())))
    words = (WEB / "static" / "js" / "texts-fleet.js").read_text()
    assert len(noted) == 20
    assert {action for action in noted if f'"{action}": ' not in words} == set()
