"""Submission: a simulation with one row per run, written in one transaction by the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, update

from shared.db.tables import Artifact, Run, Simulation, SimulationInput
from shared.state.writer import record, wake_dispatcher
from shared.words import InputRole, Priority


class UnknownArtifacts(LookupError):
    """These hashes name no stored input (any more)."""

    def __init__(self, hashes: Sequence[str]) -> None:
        super().__init__(f"no stored input has the SHA-256 {', '.join(hashes)}")
        self.hashes = tuple(hashes)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A stored input under the name its user gave it."""

    role: InputRole
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NewRun:
    """One run to be: model and weather by name, variant by parameter values, engine by version."""

    model: str
    weather: str
    engine: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewSimulation:
    """A validated submission. `spec` is kept as given; limits are in seconds."""

    owner: str
    name: str
    description: str
    priority: Priority
    spec: Mapping[str, Any]
    correlation_id: str
    soft_limit_seconds: float
    hard_limit_seconds: float
    max_attempts: int
    inputs: Sequence[InputFile]
    runs: Sequence[NewRun]


def submit(connection: Connection, new: NewSimulation) -> UUID:
    """Insert the simulation and its runs, all queued. Raises UnknownArtifacts."""
    use_artifacts(connection, {item.sha256 for item in new.inputs})
    simulation_id = uuid4()
    connection.execute(
        insert(Simulation).values(
            id=simulation_id,
            owner=new.owner,
            name=new.name,
            description=new.description,
            priority=int(new.priority),
            spec=dict(new.spec),
            correlation_id=new.correlation_id,
            total=len(new.runs),
            soft_limit_seconds=new.soft_limit_seconds,
            hard_limit_seconds=new.hard_limit_seconds,
        )
    )
    connection.execute(
        insert(SimulationInput),
        [
            {"simulation_id": simulation_id, "role": item.role.value, "name": item.name, "sha256": item.sha256}
            for item in new.inputs
        ],
    )
    connection.execute(
        insert(Run),
        [
            {
                "id": uuid4(),
                "simulation_id": simulation_id,
                "index": index,
                "model": run.model,
                "weather": run.weather,
                "parameters": dict(run.parameters),
                "engine": run.engine,
                "max_attempts": new.max_attempts,
            }
            for index, run in enumerate(new.runs)
        ],
    )
    record(connection, simulation_id, "simulation.queued", runs=len(new.runs))
    wake_dispatcher(connection)
    return simulation_id


def use_artifacts(connection: Connection, hashes: set[str]) -> None:
    """Mark stored inputs as used now, which keeps retention off them until this transaction has committed."""
    found = connection.scalars(
        update(Artifact)
        .where(Artifact.sha256.in_(hashes), Artifact.tombstoned_at.is_(None))
        .values(last_used_at=func.now())
        .returning(Artifact.sha256)
    ).all()
    if missing := sorted(hashes - set(found)):
        raise UnknownArtifacts(missing)
