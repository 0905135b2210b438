"""Serves every view of `navigation.VIEWS`: a frame with the navigation, which the view's module fills."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from api_service.http.problem import Problem
from api_service.identity.scope import needs
from api_service.web import look
from api_service.web.navigation import VIEWS, View

#: `guard.PAGES` has the name of this blueprint: browsers that are not signed in go to the sign-in page.
blp = Blueprint("view", __name__)
blp.register_error_handler(Problem, look.answer)


@blp.get("/")
def home() -> AnyResponse:
    """Redirects to the first view."""
    return redirect(VIEWS[0].path)


@blp.get("/settings")
def settings() -> AnyResponse:
    """Redirects to the page with the settings of a user."""
    return redirect(url_for("account.page"))


def _page(view: View) -> Callable[..., Response]:
    @needs(view.scope)
    def show(**variables: Any) -> Response:
        return look.render(f"views/{view.name}.html", view=view, variables=variables)

    return show


for _view in VIEWS:
    blp.add_url_rule(_view.path, _view.name, _page(_view))
