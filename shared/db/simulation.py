"""Tables of submissions: simulations, their input files, idempotency keys, events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base
from shared.db.revision import CURRENT


class Simulation(Base):
    """One submission: models x weather files x variants, one name, one owner, one priority.

    The terminal counters are stored; running runs are counted with a partial index on runs, queued ones are the rest.
    `status` becomes `cancelled` when a cancellation is accepted; `ended_at` is set when the last run has ended.
    `revision` is the last transaction that changed what the API shows, except the counters
    (see `shared/db/revision.py`). `stop_rule` is the spec's `stop_after_failures`, which every failed run reads: a spec
    may be megabytes. `breaker_opened_at` is set while the circuit breaker is open, `breaker_held_at` when
    all queued runs have been held because of it. `waits_for` is the simulation that has to end before the runs start;
    from `dependency_met_at` on they are let go, and nothing changes this any more.
    """

    __tablename__ = "simulations"
    __table_args__ = (
        CheckConstraint("status IN ('queued','running','succeeded','failed','cancelled')", name="status"),
        CheckConstraint("priority BETWEEN 0 AND 3", name="priority"),
        CheckConstraint("total >= 1 AND round >= 1", name="total"),
        CheckConstraint("succeeded >= 0 AND failed >= 0 AND cancelled >= 0", name="counters_not_negative"),
        CheckConstraint("succeeded + failed + cancelled <= total", name="counters_within_total"),
        CheckConstraint(
            "(ended_at IS NOT NULL) = (succeeded + failed + cancelled = total)", name="ended_with_last_run"
        ),
        CheckConstraint("ended_at IS NULL OR status NOT IN ('queued','running')", name="ended_status"),
        CheckConstraint("status NOT IN ('succeeded','failed') OR ended_at IS NOT NULL", name="outcome_ended"),
        CheckConstraint("cancel_requested_at IS NULL OR status = 'cancelled'", name="cancel_request_shows"),
        CheckConstraint("0 < soft_limit_seconds AND soft_limit_seconds <= hard_limit_seconds", name="limits"),
        Index("ix_simulations_created_at_id", "created_at", "id"),
        Index("ix_simulations_open", "priority", "created_at", postgresql_where=text("ended_at IS NULL")),
        # For counting an owner's runs at every submission, and for listing an owner's simulations, newest first.
        Index(
            "ix_simulations_owner_created_at_id",
            "owner",
            "created_at",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        # For listing those of one status, newest first: of everybody, and of one owner.
        *(
            Index(
                "_".join(("ix_simulations", *scope, "status_created_at_id")),
                *scope,
                "status",
                "created_at",
                "id",
                postgresql_where=text("deleted_at IS NULL"),
            )
            for scope in ((), ("owner",))
        ),
        # Those whose queued runs are being cancelled, or whose last running ones are ending.
        Index(
            "ix_simulations_cancelling",
            "id",
            postgresql_where=text("cancel_requested_at IS NOT NULL AND ended_at IS NULL"),
        ),
        # Those whose queued runs are still to be held.
        Index(
            "ix_simulations_tripped",
            "id",
            postgresql_where=text("breaker_opened_at IS NOT NULL AND breaker_held_at IS NULL AND ended_at IS NULL"),
        ),
        Index(
            "ix_simulations_waits_for",
            "waits_for",
            postgresql_where=text("waits_for IS NOT NULL AND ended_at IS NULL"),
        ),
        # Those of which some runs are still to be let go.
        Index(
            "ix_simulations_dependency_met",
            "id",
            postgresql_where=text("dependency_met_at IS NOT NULL AND waits_for IS NOT NULL AND ended_at IS NULL"),
        ),
        Index("ix_simulations_revision", "revision", postgresql_where=text("revision IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    priority: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="queued")
    spec: Mapped[dict[str, Any]]
    correlation_id: Mapped[str]
    round: Mapped[int] = mapped_column(server_default="1")
    total: Mapped[int]
    succeeded: Mapped[int] = mapped_column(server_default="0")
    failed: Mapped[int] = mapped_column(server_default="0")
    cancelled: Mapped[int] = mapped_column(server_default="0")
    soft_limit_seconds: Mapped[float]
    hard_limit_seconds: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    stop_rule: Mapped[dict[str, Any] | None]
    breaker_opened_at: Mapped[datetime | None]
    breaker_held_at: Mapped[datetime | None]
    breaker_cause: Mapped[dict[str, Any] | None]
    waits_for: Mapped[UUID | None]
    dependency_met_at: Mapped[datetime | None]
    dependency_error: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    revision: Mapped[int | None] = mapped_column(BigInteger, server_default=CURRENT)


class FailureCause(Base):
    """Number of runs of a simulation that failed for one cause since its circuit breaker was last closed."""

    __tablename__ = "failure_causes"

    simulation_id: Mapped[UUID] = mapped_column(ForeignKey("simulations.id", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]


class SubmissionKey(Base):
    """Idempotency key of a submission, chosen by the client: the same key again returns the same simulation.

    The row is inserted before the simulation's, so that of two concurrent requests the second waits for the first.
    """

    __tablename__ = "submission_keys"
    __table_args__ = (Index("ix_submission_keys_simulation_id", "simulation_id"),)

    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    simulation_id: Mapped[UUID] = mapped_column(
        ForeignKey("simulations.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SimulationInput(Base):
    """One input file of a simulation, with the name that the user gave it."""

    __tablename__ = "simulation_inputs"
    __table_args__ = (
        CheckConstraint("role IN ('model','weather','file','design')", name="role"),
        Index("ix_simulation_inputs_sha256", "sha256"),
    )

    simulation_id: Mapped[UUID] = mapped_column(ForeignKey("simulations.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("artifacts.sha256"))


class Event(Base):
    """Event of a simulation or of one of its runs, such as a status change."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_simulation_id_id", "simulation_id", "id"),
        Index("ix_events_run_id", "run_id"),
        Index("ix_events_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    simulation_id: Mapped[UUID] = mapped_column(ForeignKey("simulations.id", ondelete="CASCADE"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    name: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
