"""What a requester can see: the one condition in every query that the API asks, on simulations and on stored inputs.

What is somebody else's is not there, in the same words and after the same work as what never was. Every query takes the
identity, so that forgetting it is an error of types; `tests/integration/api/test_strangers.py` tries every address.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, select

from api_service.identity.who import Identity
from shared.db.conditions import checked
from shared.db.tables import Artifact, ArtifactOwner, Run, Simulation


def visible(identity: Identity) -> ColumnElement[bool]:
    """That a simulation is there for the requester."""
    there = Simulation.deleted_at.is_(None)
    return there if identity.is_admin else and_(there, Simulation.owner == identity.owner)


def visible_one(identity: Identity) -> ColumnElement[bool]:
    """The same of a simulation that is found by its key, or by that of one of its runs."""
    return checked(visible(identity))


def has_uploaded(identity: Identity) -> ColumnElement[bool]:
    """That a stored input is there for the requester: whoever merely knows its hash is told nothing."""
    there = Artifact.tombstoned_at.is_(None)
    uploaded = exists().where(ArtifactOwner.sha256 == Artifact.sha256, ArtifactOwner.owner == identity.owner)
    return there if identity.is_admin else and_(there, uploaded)


def sees_simulation(connection: Connection, simulation_id: UUID, identity: Identity) -> bool:
    """Whether a verb may be carried out on a simulation; its owner never changes."""
    return connection.scalar(select(exists().where(Simulation.id == simulation_id, visible_one(identity)))) is True


def sees_run(connection: Connection, run_id: UUID, identity: Identity) -> bool:
    """Whether a verb may be carried out on a run."""
    there = exists().where(Run.id == run_id, Simulation.id == Run.simulation_id, visible_one(identity))
    return connection.scalar(select(there)) is True
