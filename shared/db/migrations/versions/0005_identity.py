"""Tokens, sessions, who has uploaded which file, and the audit log."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCOPES = "scopes <@ ARRAY['read','submit','admin'] AND cardinality(scopes) > 0"


def _moment(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _now(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        _now("created_at"),
        _moment("expires_at"),
        _moment("last_used_at"),
        _moment("revoked_at"),
        sa.CheckConstraint(SCOPES, name=op.f("ck_tokens_scopes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
    )
    op.create_index("ix_tokens_digest", "tokens", ["digest"], unique=True)
    op.create_index("ix_tokens_owner_created_at_id", "tokens", ["owner", "created_at", "id"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        _now("created_at"),
        _moment("expires_at", nullable=False),
        sa.CheckConstraint(SCOPES, name=op.f("ck_sessions_scopes")),
        sa.ForeignKeyConstraint(
            ["token_id"], ["tokens.id"], name=op.f("fk_sessions_token_id_tokens"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_digest", "sessions", ["digest"], unique=True)
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_token_id", "sessions", ["token_id"])
    op.create_table(
        "artifact_owners",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        _now("last_used_at"),
        sa.ForeignKeyConstraint(
            ["sha256"], ["artifacts.sha256"], name=op.f("fk_artifact_owners_sha256_artifacts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner", "sha256", name=op.f("pk_artifact_owners")),
    )
    op.create_index("ix_artifact_owners_sha256", "artifact_owners", ["sha256"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        _now("at"),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("correlation_id", sa.String(), nullable=False),
        sa.Column("detail", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at_id", "audit", ["at", "id"])
    op.create_index("ix_audit_action_at", "audit", ["action", "at"])
    # Whoever has submitted a file has uploaded it.
    op.execute(
        "INSERT INTO artifact_owners (owner, sha256, last_used_at) "
        "SELECT owner, sha256, max(created_at) FROM simulation_inputs JOIN simulations ON id = simulation_id "
        "GROUP BY owner, sha256"
    )


def downgrade() -> None:
    for table in ("audit", "artifact_owners", "sessions", "tokens"):
        op.drop_table(table)
