"""Tables of stored inputs and of the fleet: artifacts, inspections, workers, pauses, canaries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base


class Artifact(Base):
    """One stored input file. When `tombstoned_at` is set it is about to be deleted and can no longer be referenced."""

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


class Inspection(Base):
    """What the checks found in an owner's stored input, in one role; true for `fingerprint` alone.

    By owner, because a helper that a hostile file has taken over answers for all files of its request.
    """

    __tablename__ = "inspections"
    __table_args__ = (
        ForeignKeyConstraint(
            ["owner", "sha256"], ["artifact_owners.owner", "artifact_owners.sha256"], ondelete="CASCADE"
        ),
    )

    owner: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    answer: Mapped[str]


class Worker(Base):
    """One worker process: it beats while it runs and reports when it stops.

    `reason` is why it takes no runs, `usage` what its process uses and has done, `maker` is as in `fingerprints`; older
    workers leave the last two empty.
    """

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
    usage: Mapped[dict[str, Any] | None]
    maker: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    beat_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Pause(Base):
    """One pause: while the row exists, no run of its engine starts; `*` means all engines."""

    __tablename__ = "pauses"

    engine: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str | None]
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class Canary(Base):
    """A canary: a message through RabbitMQ to any worker, which sets `received_at`; the difference is the latency."""

    __tablename__ = "canaries"
    __table_args__ = (Index("ix_canaries_sent_at", "sent_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    received_at: Mapped[datetime | None]
    worker_id: Mapped[str | None]
