"""The list of views, and the navigation that is built from it.

A view is a page whose content a module fetches from /api/v1. The view NAME has a template `templates/views/NAME.html`
and a module `static/js/views/NAME.js`; the stylesheet `static/css/views/NAME.css` is used when it exists.
"""

from dataclasses import dataclass

from api_service.identity.scope import Scope
from api_service.identity.who import Identity


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation."""

    path: str
    title: str
    scope: Scope = Scope.READ


@dataclass(frozen=True, slots=True)
class View(Entry):
    """A page; variables of its path become attributes of <main> (`simulation_id`: data-simulation-id).

    `name` must be given; a view of one thing, such as a run, is not in the menu.
    """

    name: str = ""
    in_menu: bool = True


VIEWS = (
    View("/simulations", "Simulations", name="simulations"),
    View("/new", "New", Scope.SUBMIT, name="new"),
    View("/simulations/<uuid:simulation_id>", "Simulation", name="simulation", in_menu=False),
    View("/runs/<uuid:run_id>", "Run", name="run", in_menu=False),
    View("/runs", "Runs", name="runs"),
    View("/workers", "Workers", name="workers"),
    View("/queues", "Queues", name="queues"),
    View("/audit", "Audit", Scope.ADMIN, name="audit"),
)
#: Pages that are rendered without the API.
PAGES = (Entry("/account", "Settings"), Entry("/api/docs", "API"))


def entries(identity: Identity | None) -> list[Entry]:
    """Returns the links that a requester sees; a browser that is not signed in sees none."""
    shown = (*(view for view in VIEWS if view.in_menu), *PAGES)
    return [entry for entry in shown if identity is not None and identity.may(entry.scope)]
