"""Submission of a simulation: the API writes its row and one row per run in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, null, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from shared.db.tables import Artifact, ArtifactOwner, Simulation, SimulationInput, SubmissionKey
from shared.enums import HeldReason, InputRole, Priority
from shared.errors import Conflict, InternalFault, RefusedInput
from shared.spec import StudySpec
from shared.state.caps import confirm_queued
from shared.state.copied_runs import NewRun, copy_runs
from shared.state.writer import record, wake_dispatcher


class UnknownArtifacts(RefusedInput):
    """No stored input has these hashes, or no longer."""

    def __init__(self, hashes: Sequence[str]) -> None:
        super().__init__(f"no stored input has the SHA-256 {', '.join(hashes)}")
        self.hashes = tuple(hashes)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A stored input, with the name that the user gave it."""

    role: InputRole
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NewSimulation:
    """A validated submission. `spec` is stored unchanged; limits are in seconds; the `total` runs are read once.

    They are held until the simulation `waits_for`, which has not ended yet, ends.
    """

    owner: str
    name: str
    description: str
    priority: Priority
    spec: StudySpec
    correlation_id: str
    soft_limit_seconds: float
    hard_limit_seconds: float
    max_attempts: int
    inputs: Sequence[InputFile]
    total: int
    runs: Iterable[NewRun]
    waits_for: UUID | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """Idempotency key of a submission, and a hash of the whole request."""

    value: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """The simulation of a submission; `is_new` is False when an earlier request with the same key created it."""

    simulation_id: UUID
    is_new: bool


class KeyTaken(Conflict):
    """The owner has used this idempotency key for a different submission."""


def is_known(connection: Connection, owner: str, key: Key) -> bool:
    """Whether a simulation exists for the owner's key, so that a submission with it creates none."""
    return connection.execute(select(SubmissionKey.key).filter_by(owner=owner, key=key.value)).first() is not None


def submit_once(connection: Connection, new: NewSimulation, key: Key, *, max_queued: int = 0) -> Submitted:
    """Insert the simulation unless one exists for its owner's key.

    Raises KeyTaken, UnknownArtifacts, and OverCap above `max_queued` queued runs of the owner (0: no limit).
    """
    simulation_id = uuid4()
    mine = {"owner": new.owner, "key": key.value}
    take = upsert(SubmissionKey).values(**mine, fingerprint=key.fingerprint, simulation_id=simulation_id)
    # Waits for a concurrent submission with the same key; if that rolls back, this insert succeeds.
    while connection.execute(take.on_conflict_do_nothing().returning(SubmissionKey.key)).first() is None:
        earlier = connection.execute(select(SubmissionKey).filter_by(**mine)).one_or_none()
        if earlier is None:
            # Deleted in between, together with its simulation.
            continue
        if earlier.fingerprint != key.fingerprint:
            raise KeyTaken(key.value)
        return Submitted(earlier.simulation_id, is_new=False)
    return Submitted(submit(connection, new, simulation_id, max_queued=max_queued), is_new=True)


def submit(
    connection: Connection, new: NewSimulation, simulation_id: UUID | None = None, *, max_queued: int = 0
) -> UUID:
    """Insert the simulation and its runs, all queued or held; returns the simulation's id, a new one unless given.

    Raises UnknownArtifacts, and OverCap above `max_queued` queued runs of the owner (0: no limit).
    """
    hashes = {item.sha256 for item in new.inputs}
    use_artifacts(connection, hashes)
    own_artifacts(connection, new.owner, hashes)
    simulation_id = simulation_id or uuid4()
    connection.execute(
        insert(Simulation).values(
            id=simulation_id,
            owner=new.owner,
            name=new.name,
            description=new.description,
            priority=int(new.priority),
            spec=new.spec.to_json(),
            correlation_id=new.correlation_id,
            total=new.total,
            soft_limit_seconds=new.soft_limit_seconds,
            hard_limit_seconds=new.hard_limit_seconds,
            stop_rule=null() if new.spec.stop_after_failures is None else asdict(new.spec.stop_after_failures),
            waits_for=new.waits_for,
        )
    )
    connection.execute(
        insert(SimulationInput),
        [
            {"simulation_id": simulation_id, "role": item.role.value, "name": item.name, "sha256": item.sha256}
            for item in new.inputs
        ],
    )
    held = None if new.waits_for is None else HeldReason.DEPENDENCY
    copied = copy_runs(connection, simulation_id, new.runs, max_attempts=new.max_attempts, held=held)
    if copied != new.total:
        # A simulation without some of its runs would never end.
        raise InternalFault(f"{copied} runs are there for a simulation of {new.total}")
    record(connection, simulation_id, "simulation.queued", runs=new.total)
    wake_dispatcher(connection)
    confirm_queued(connection, new.owner, new.total, max_queued)
    return simulation_id


def use_artifacts(connection: Connection, hashes: set[str]) -> None:
    """Set `last_used_at` of stored inputs to now, so that retention does not delete them before this commits.

    Raises UnknownArtifacts when one is missing or about to be deleted.
    """
    found = connection.scalars(
        update(Artifact)
        .where(Artifact.sha256.in_(hashes), Artifact.tombstoned_at.is_(None))
        .values(last_used_at=func.now())
        .returning(Artifact.sha256)
    ).all()
    if missing := sorted(hashes - set(found)):
        raise UnknownArtifacts(missing)


def own_artifacts(connection: Connection, owner: str, hashes: set[str]) -> None:
    """Record that the owner has these files, which allows the owner to refer to them by their hashes."""
    rows = [{"owner": owner, "sha256": sha256} for sha256 in sorted(hashes)]
    connection.execute(
        upsert(ArtifactOwner)
        .values(rows)
        .on_conflict_do_update(
            index_elements=[ArtifactOwner.owner, ArtifactOwner.sha256], set_={"last_used_at": func.now()}
        )
    )
