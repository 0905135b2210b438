"""Shared parts of all pages: layout and error page."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import generate_csrf

from api_service.http.problem import Problem
from api_service.identity.who import Identity
from api_service.web import assets
from api_service.web.navigation import entries
from shared.energyplus.formats.document import MAX_EPJSON_BYTES, MAX_IDF_BYTES


def register(app: Flask) -> None:
    """Gives templates the addresses of static files, and the most bytes of models by their suffix."""
    app.jinja_env.globals.update(
        asset=assets.address,
        has_asset=lambda name: name in assets.assets().files,
        model_bytes={"idf": MAX_IDF_BYTES, "epjson": MAX_EPJSON_BYTES},
    )


def render(template: str, status: int = 200, **shown: Any) -> Response:
    """Returns a rendered page. The browser must not store it, because it can contain a secret."""
    who: Identity | None = g.get("identity")
    shown |= {"who": who, "csrf_token": generate_csrf(), "navigation": entries(who), "path": request.path}
    return Response(render_template(template, **shown), status, headers={"Cache-Control": "no-store"})


def answer(problem: Problem) -> Response:
    """Returns the error page for a problem."""
    page = render("problem.html", problem.status, title=HTTPStatus(problem.status).phrase, problem=problem)
    page.headers.extend(problem.headers)
    return page
