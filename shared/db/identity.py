"""Tables of access control: tokens, sessions, ownership of files, audit log. Digests of secrets only, no secrets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base

SCOPES = "scopes <@ ARRAY['read','submit','urgent','tokens','admin'] AND cardinality(scopes) > 0"


class Token(Base):
    """An API token. `last_used_at` is written at most once a minute; `maker_id` is the token that it was made with."""

    __tablename__ = "tokens"
    __table_args__ = (
        CheckConstraint(SCOPES, name="scopes"),
        Index("ix_tokens_digest", "digest", unique=True),
        Index("ix_tokens_owner_created_at_id", "owner", "created_at", "id"),
        Index("ix_tokens_maker_id", "maker_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str]
    name: Mapped[str]
    owner: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # Ends with its maker or before, so retention deletes both.
    maker_id: Mapped[UUID | None] = mapped_column(ForeignKey("tokens.id", ondelete="CASCADE"))


class Session(Base):
    """A signed-in browser session; one that was created with a token ends with that token."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint(SCOPES, name="scopes"),
        Index("ix_sessions_digest", "digest", unique=True),
        Index("ix_sessions_expires_at", "expires_at"),
        Index("ix_sessions_token_id", "token_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str]
    owner: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    token_id: Mapped[UUID | None] = mapped_column(ForeignKey("tokens.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class ArtifactOwner(Base):
    """Record that an owner has uploaded a file.

    An input is stored once for all owners, but knowing its hash is not enough to use it: this row is required.
    """

    __tablename__ = "artifact_owners"
    __table_args__ = (Index("ix_artifact_owners_sha256", "sha256"),)

    owner: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("artifacts.sha256", ondelete="CASCADE"), primary_key=True)
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Audit(Base):
    """Entry of the audit log. It has no foreign keys, so that it outlives the objects that it names."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_at_id", "at", "id"),
        Index("ix_audit_action_at", "action", "at"),
        Index("ix_audit_owner_at_id", "owner", "at", "id"),
        Index("ix_audit_object_at_id", "object", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    owner: Mapped[str | None]
    token_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    action: Mapped[str]
    object: Mapped[str]
    address: Mapped[str | None]
    correlation_id: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
