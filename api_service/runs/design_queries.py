"""Query of the designs of simulations: where the parameters of their runs are."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select

from shared.db.tables import Artifact, SimulationInput
from shared.enums import InputRole


def design_keys(connection: Connection, simulation_ids: Collection[UUID]) -> dict[UUID, str]:
    """Returns the storage keys of the designs, by simulation; runs whose parameters are in their rows have none."""
    if not simulation_ids:
        return {}
    # A join could begin with the files, and read all simulations that use one of them.
    key = select(Artifact.key).where(Artifact.sha256 == SimulationInput.sha256).scalar_subquery()
    rows = connection.execute(
        select(SimulationInput.simulation_id, key).where(
            SimulationInput.simulation_id.in_(simulation_ids), SimulationInput.role == InputRole.DESIGN.value
        )
    )
    return {simulation_id: str(place) for simulation_id, place in rows}
