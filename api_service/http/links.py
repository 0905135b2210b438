"""URLs of resources as responses contain them, relative to the server."""

from urllib.parse import quote
from uuid import UUID

V1 = "/api/v1"
#: Beginnings of the paths of the old contract (`legacy`).
OLD = ("/api/simulation/", "/api/parse/")


def simulation(simulation_id: UUID) -> str:
    """Returns the URL of a simulation."""
    return f"{V1}/simulations/{simulation_id}"


def run(run_id: UUID) -> str:
    """Returns the URL of a run."""
    return f"{V1}/runs/{run_id}"


def run_file(run_id: UUID, name: str) -> str:
    """Returns the URL of an output file of a run."""
    return f"{run(run_id)}/files/{quote(name, safe='')}"


def artifact(sha256: str) -> str:
    """Returns the URL of a stored input."""
    return f"{V1}/artifacts/{sha256}"
