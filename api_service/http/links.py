"""Addresses of resources, relative to the server, as answers give them."""

from urllib.parse import quote
from uuid import UUID

V1 = "/api/v1"


def simulation(simulation_id: UUID) -> str:
    """A simulation."""
    return f"{V1}/simulations/{simulation_id}"


def run(run_id: UUID) -> str:
    """A run."""
    return f"{V1}/runs/{run_id}"


def run_file(run_id: UUID, name: str) -> str:
    """An output file of a run."""
    return f"{run(run_id)}/files/{quote(name, safe='')}"


def artifact(sha256: str) -> str:
    """A stored input."""
    return f"{V1}/artifacts/{sha256}"
