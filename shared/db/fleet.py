"""Stored inputs and the fleet: artifacts, workers, pauses, canaries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base


class Artifact(Base):
    """One stored input file. With `tombstoned_at` set it is about to be deleted and can no longer be referred to."""

    __tablename__ = "artifacts"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size >= 0", name="size"),
        Index("ix_artifacts_last_used_at", "last_used_at"),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    tombstoned_at: Mapped[datetime | None]


class Worker(Base):
    """One worker process; it beats while it lives and says when it leaves. `reason` is why it takes no runs."""

    __tablename__ = "workers"
    __table_args__ = (
        CheckConstraint("status IN ('ready','unfit','draining','drained','stopped')", name="status"),
        CheckConstraint("concurrency >= 1", name="concurrency"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    version: Mapped[str]
    engine: Mapped[str]
    concurrency: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="ready")
    reason: Mapped[str | None]
    drain_requested_at: Mapped[datetime | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    beat_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Pause(Base):
    """While this row is there, no run of its engine starts; `*` is every engine."""

    __tablename__ = "pauses"

    engine: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str | None]
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class Canary(Base):
    """A message that goes through RabbitMQ to any worker and back here; the difference is the way's latency."""

    __tablename__ = "canaries"
    __table_args__ = (Index("ix_canaries_sent_at", "sent_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    received_at: Mapped[datetime | None]
    worker_id: Mapped[str | None]
