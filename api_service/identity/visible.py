"""Visibility of simulations and stored inputs: the SQL condition that every query of the API contains.

An object of another owner gives the same response, after the same work, as one that never existed. Every query takes
the identity, so that forgetting it is a type error; `tests/integration/api/test_visibility.py` tries every address.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, select

from api_service.identity.who import Identity
from shared.db.conditions import checked
from shared.db.tables import Artifact, ArtifactOwner, Run, Simulation


def seen_owner(identity: Identity) -> str | None:
    """Returns the owner whose simulations the requester may see; None: those of all owners."""
    return None if identity.is_admin else identity.owner


def visible(identity: Identity) -> ColumnElement[bool]:
    """Returns the condition that a simulation is not deleted and that the requester may see it."""
    there, owner = Simulation.deleted_at.is_(None), seen_owner(identity)
    return there if owner is None else and_(there, Simulation.owner == owner)


def visible_one(identity: Identity) -> ColumnElement[bool]:
    """Returns the same condition for a simulation that the query finds by its key or by the key of one of its runs."""
    return checked(visible(identity))


def has_uploaded(identity: Identity) -> ColumnElement[bool]:
    """Returns the condition that the requester has uploaded a stored input; knowing its hash is not enough."""
    there = Artifact.tombstoned_at.is_(None)
    uploaded = exists().where(ArtifactOwner.sha256 == Artifact.sha256, ArtifactOwner.owner == identity.owner)
    return there if identity.is_admin else and_(there, uploaded)


def sees_simulation(connection: Connection, simulation_id: UUID, identity: Identity) -> bool:
    """Returns whether the requester may act on a simulation. This stays true, because its owner never changes."""
    return connection.scalar(select(exists().where(Simulation.id == simulation_id, visible_one(identity)))) is True


def sees_run(connection: Connection, run_id: UUID, identity: Identity) -> bool:
    """Returns whether the requester may act on a run."""
    there = exists().where(Run.id == run_id, Simulation.id == Run.simulation_id, visible_one(identity))
    return connection.scalar(select(there)) is True
