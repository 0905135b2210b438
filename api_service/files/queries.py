"""Queries for downloads: storage key, name, hash and size of a stored file."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from api_service.identity.visible import has_uploaded, visible, visible_one
from api_service.identity.who import Identity
from shared.db.tables import Artifact, Run, RunFile, Simulation, SimulationInput


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file to download: `key` is its place in storage, `name` the file name that the client gets; size in bytes."""

    key: str
    name: str
    sha256: str
    size: int


def find_run_file(connection: Connection, run_id: UUID, name: str, identity: Identity) -> StoredFile | None:
    """Returns an output file of a run; None when it does not exist or the requester may not see it."""
    row = connection.execute(
        select(RunFile.key, RunFile.name, RunFile.sha256, RunFile.size)
        .join(Run, Run.id == RunFile.run_id)
        .join(Simulation, Simulation.id == Run.simulation_id)
        .where(RunFile.run_id == run_id, RunFile.name == name, visible_one(identity))
    ).one_or_none()
    return None if row is None else StoredFile(*row)


def find_artifact(connection: Connection, sha256: str, identity: Identity) -> StoredFile | None:
    """Returns a stored input; None when it does not exist or the requester may not see it.

    Its name is one under which it was submitted, or its hash when no visible simulation uses it any more.
    """
    names = (
        select(SimulationInput.name)
        .join(Simulation, Simulation.id == SimulationInput.simulation_id)
        .where(SimulationInput.sha256 == Artifact.sha256, visible(identity))
        .order_by(SimulationInput.name)
        .limit(1)
    )
    row = connection.execute(
        select(Artifact.key, names.scalar_subquery().label("name"), Artifact.sha256, Artifact.size).where(
            Artifact.sha256 == sha256, has_uploaded(identity)
        )
    ).one_or_none()
    return None if row is None else StoredFile(row.key, row.name or row.sha256, row.sha256, row.size)
