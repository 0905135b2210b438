"""Serves every view of `navigation.VIEWS`: a frame with the navigation, which the view's module fills."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem
from api_service.identity.scope import Scope, needs
from api_service.identity.who import Identity, current_identity
from api_service.simulations.filter import SimulationFilter
from api_service.simulations.queries import list_simulations
from api_service.web import look
from api_service.web.navigation import VIEWS, View
from shared.db.database import DatabaseAway

LIST, FIRST_VISIT = "/simulations", "/new"
#: `guard.PAGES` has the name of this blueprint: browsers that are not signed in go to the sign-in page.
blp = Blueprint("view", __name__)
blp.register_error_handler(Problem, look.answer)


@blp.get("/")
def home() -> AnyResponse:
    """Redirects to the list of simulations; to the first visit, who may submit and has none yet."""
    identity = current_identity()
    return redirect(FIRST_VISIT if identity.may(Scope.SUBMIT) and not _has_simulations(identity) else LIST)


def _has_simulations(identity: Identity) -> bool:
    try:
        with dependencies().database.transaction() as connection:
            return bool(list_simulations(connection, SimulationFilter(), identity, limit=1, cursor=None).items)
    except DatabaseAway:
        # The list says so, and goes on by itself afterwards.
        return True


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
