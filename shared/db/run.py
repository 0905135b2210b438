"""Tables of runs and their results: runs, attempts, metrics, messages, output files."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base


class Run(Base):
    """One model, one weather file, one variant: the unit of queueing, retry and cancel.

    `attempt` only grows and is the fencing token of every write about an attempt. `charged` is the number of attempts
    that count towards `max_attempts`; a drain decrements it. A queued run may start from `not_before` on. `revision` is
    the last transaction that changed what the API shows (see `shared/db/revision.py`); None since the submission.
    `variant` is the run's row in the design of its simulation, a file; without one, `parameters` has the values.
    `twin_id` is the identical run that this one waits for, or last waited for. `reused_from` is the run that was
    executed in its place, and that may have been deleted.
    """

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("status IN ('queued','running','succeeded','failed','cancelled')", name="status"),
        CheckConstraint(
            "verdict IN ('success','success_with_severe_errors','fatal','crashed','timed_out')",
            name="verdict",
        ),
        CheckConstraint("(status = 'running') = (lease_expires_at IS NOT NULL)", name="lease_while_running"),
        CheckConstraint("(status = 'running') = (deadline_at IS NOT NULL)", name="deadline_while_running"),
        CheckConstraint("status <> 'running' OR worker_id IS NOT NULL", name="worker_while_running"),
        CheckConstraint(
            "(status IN ('succeeded','failed','cancelled')) = (ended_at IS NOT NULL)",
            name="ended_when_terminal",
        ),
        CheckConstraint(
            "status <> 'succeeded' OR coalesce(verdict, '') IN ('success','success_with_severe_errors')", name="success"
        ),
        CheckConstraint("status <> 'failed' OR error_code IS NOT NULL", name="failure_has_a_cause"),
        CheckConstraint("0 <= charged AND charged <= attempt AND charged <= max_attempts", name="charged"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("(variant IS NULL) = (parameters IS NOT NULL)", name="values_or_variant"),
        CheckConstraint("(status = 'succeeded') = (progress = 100)", name="full_progress_means_success"),
        Index("uq_runs_simulation_id_index", "simulation_id", "index", unique=True),
        Index(
            "ix_runs_ready",
            "simulation_id",
            "engine",
            "index",
            postgresql_where=text("status = 'queued' AND published_at IS NULL"),
        ),
        Index(
            "ix_runs_window",
            "engine",
            "published_at",
            postgresql_where=text("status = 'queued' AND published_at IS NOT NULL"),
        ),
        # No partial index may cover all queued runs: with outdated statistics the planner takes it for empty and scans
        # it as a whole instead of using the primary key.
        Index(
            "ix_runs_held",
            "engine",
            "not_before",
            postgresql_where=text("status = 'queued' AND held_reason IS NOT NULL"),
        ),
        Index("ix_runs_running", "simulation_id", postgresql_where=text("status = 'running'")),
        Index("ix_runs_leases", "lease_expires_at", postgresql_where=text("status = 'running'")),
        Index("ix_runs_revision", "revision", postgresql_where=text("revision IS NOT NULL")),
        Index("ix_runs_twins", "engine", "twin_id", "id", postgresql_where=text("held_reason = 'twin'")),
        Index("ix_runs_reused_from", "reused_from", "simulation_id", postgresql_where=text("reused_from IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    simulation_id: Mapped[UUID] = mapped_column(ForeignKey("simulations.id", ondelete="CASCADE"))
    index: Mapped[int]
    model: Mapped[str]
    weather: Mapped[str]
    variant: Mapped[int | None]
    parameters: Mapped[dict[str, Any] | None] = mapped_column(server_default=text("'{}'::jsonb"))
    engine: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="queued")
    verdict: Mapped[str | None]
    progress: Mapped[int] = mapped_column(server_default="0")
    message: Mapped[str] = mapped_column(server_default="")
    attempt: Mapped[int] = mapped_column(server_default="0")
    charged: Mapped[int] = mapped_column(server_default="0")
    max_attempts: Mapped[int]
    not_before: Mapped[datetime] = mapped_column(server_default=func.now())
    held_reason: Mapped[str | None]
    published_at: Mapped[datetime | None]
    worker_id: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    twin_id: Mapped[UUID | None]
    reused_from: Mapped[UUID | None]
    revision: Mapped[int | None] = mapped_column(BigInteger)


class Attempt(Base):
    """One try at a run by one worker, kept as history; `phases` are seconds by name.

    A successful one also has the hash of its model and what of the model decides how long it takes: estimates of
    further runs are fitted to these. Attempts of older workers have neither.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended_with_outcome"),
        CheckConstraint(
            "outcome IN ('succeeded','failed','cancelled','infrastructure','lost','drained','reused','twin')",
            name="outcome",
        ),
        Index("ix_attempts_open", "run_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(
            "ix_attempts_model_sha256_ended_at",
            "model_sha256",
            "ended_at",
            postgresql_where=text("model_sha256 IS NOT NULL"),
        ),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    error_message: Mapped[str | None]
    phases: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    model_sha256: Mapped[str | None]
    features: Mapped[dict[str, Any] | None]


class Result(Base):
    """The metrics of the attempt whose result is kept; their names are those of the REST API."""

    __tablename__ = "results"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[int]
    metrics: Mapped[dict[str, Any]]


class RunMessage(Base):
    """One distinct message of EnergyPlus's .err file, most severe first."""

    __tablename__ = "run_messages"
    __table_args__ = (
        CheckConstraint("severity IN ('warning','severe','fatal')", name="severity"),
        CheckConstraint("count >= 1", name="count"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    severity: Mapped[str]
    text: Mapped[str]
    count: Mapped[int]
    object: Mapped[dict[str, Any] | None]
    """Class, name and line of the object that it is about; empty for messages of older workers."""


class RunFile(Base):
    """One stored output file of the kept attempt."""

    __tablename__ = "run_files"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    key: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)


class Fingerprint(Base):
    """What determines the result of the attempt at a run, of an executed or a linked one.

    Equal `physics` of one owner by equal `maker` give equal results. `outputs` are the series that the result has, as a
    list of texts. The row counts while its attempt is the run's current one and is running, or has succeeded.
    """

    __tablename__ = "fingerprints"
    __table_args__ = (Index("ix_fingerprints_same", "owner", "physics", "maker", "at"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[int]
    owner: Mapped[str]
    physics: Mapped[str]
    maker: Mapped[str]
    outputs: Mapped[list[Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
