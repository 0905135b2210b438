"""Where stored files are and what they are called, for those who download them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from shared.db.tables import Artifact, Run, RunFile, Simulation, SimulationInput


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file to be downloaded: where it is, and the name it goes by."""

    key: str
    name: str
    sha256: str
    size: int


def find_run_file(connection: Connection, run_id: UUID, name: str) -> StoredFile | None:
    """An output file of a run whose simulation has not been deleted."""
    row = connection.execute(
        select(RunFile.key, RunFile.name, RunFile.sha256, RunFile.size)
        .join(Run, Run.id == RunFile.run_id)
        .join(Simulation, Simulation.id == Run.simulation_id)
        .where(RunFile.run_id == run_id, RunFile.name == name, Simulation.deleted_at.is_(None))
    ).one_or_none()
    return None if row is None else StoredFile(*row)


def find_artifact(connection: Connection, sha256: str) -> StoredFile | None:
    """A stored input, by a name that it was submitted under; its hash when no submission has it (any more)."""
    row = connection.execute(
        select(Artifact.key, SimulationInput.name, Artifact.sha256, Artifact.size)
        .outerjoin(SimulationInput, SimulationInput.sha256 == Artifact.sha256)
        .where(Artifact.sha256 == sha256, Artifact.tombstoned_at.is_(None))
        .order_by(SimulationInput.name)
        .limit(1)
    ).one_or_none()
    return None if row is None else StoredFile(row.key, row.name or row.sha256, row.sha256, row.size)
