"""Shared parts of all pages: stylesheet, layout and error page."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, render_template, send_from_directory
from flask_wtf.csrf import generate_csrf

from api_service.http.problem import Problem, not_found
from api_service.identity.who import Identity

blp = Blueprint("pages", __name__, static_folder=None)

OURS = Path(__file__).with_name("static")
ASSETS = frozenset({"pages.css"})


@blp.get("/static/<name>")
def asset(name: str) -> Response:
    """Returns a static file of the pages."""
    if name not in ASSETS:
        raise not_found("File")
    return send_from_directory(OURS, name, max_age=300)


def render(template: str, status: int = 200, **shown: Any) -> Response:
    """Returns a rendered page. The browser must not store it, because it can contain a secret."""
    who: Identity | None = g.get("identity")
    text = render_template(template, who=who, csrf_token=generate_csrf(), **shown)
    return Response(text, status, headers={"Cache-Control": "no-store"})


def answer(problem: Problem) -> Response:
    """Returns the error page for a problem."""
    page = render("problem.html", problem.status, title=HTTPStatus(problem.status).phrase, problem=problem)
    page.headers.extend(problem.headers)
    return page
