"""What estimates of times are made from: the model of an attempt, what of it takes time, and the fit to these."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEX = "ix_attempts_model_sha256_ended_at"


def upgrade() -> None:
    # All of this can be done again after an interruption: the block below commits what stands before it.
    op.execute("ALTER TABLE attempts ADD COLUMN IF NOT EXISTS model_sha256 varchar")
    op.execute("ALTER TABLE attempts ADD COLUMN IF NOT EXISTS features jsonb")
    op.create_table(
        "time_fits",
        sa.Column("id", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("fit", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id", name=op.f("ck_time_fits_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_fits")),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.create_index(
            *(INDEX, "attempts", ["model_sha256", "ended_at"]),
            postgresql_where=sa.text("model_sha256 IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index(INDEX, "attempts")
    op.drop_table("time_fits")
    op.drop_column("attempts", "features")
    op.drop_column("attempts", "model_sha256")
