"""Blueprint of the old contract, and what its views share: ids and simulations, or the error that they do not exist."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Connection

from api_service.http.blueprint import Blueprint
from api_service.http.problem import Problem
from api_service.http.problem_schema import LegacyErrorSchema
from api_service.identity.who import current_identity
from api_service.simulations.queries import SimulationView, read_simulation

PREFIX = "/api/simulation"


class LegacyBlueprint(Blueprint):
    """Blueprint that documents errors in the format of the old contract."""

    ERROR: ClassVar[dict[str, Any]] = {"application/json": {"schema": LegacyErrorSchema}}

    def _prepare_response_doc(self, doc: dict[str, Any], doc_info: dict[str, Any], **options: Any) -> dict[str, Any]:
        doc = super()._prepare_response_doc(doc, doc_info, **options)
        doc["responses"]["default"] = {"description": "Any other error.", "content": self.ERROR}
        return doc


def read_id(text: str, noun: str) -> UUID:
    """Returns the id in a path. Raises Problem: a URL converter would answer an invalid id with another message."""
    try:
        return UUID(text)
    except ValueError:
        raise Problem(404, f"{noun} not found") from None


def found(connection: Connection, simulation_id: UUID, noun: str) -> SimulationView:
    """Returns a simulation. Raises Problem when it does not exist or the requester may not see it."""
    if (simulation := read_simulation(connection, simulation_id, current_identity())) is None:
        raise Problem(404, f"{noun} not found")
    return simulation
