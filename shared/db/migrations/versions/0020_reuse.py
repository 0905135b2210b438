"""Reuse of results: fingerprints of attempts, the run that a result is from, and the twin that a run waits for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OUTCOMES = "'succeeded','failed','cancelled','infrastructure','lost','drained'"
INDEXES = {
    "ix_runs_twins": (["engine", "twin_id", "id"], "held_reason = 'twin'"),
    "ix_runs_reused_from": (["reused_from", "simulation_id"], "reused_from IS NOT NULL"),
}


def upgrade() -> None:
    # All of this can be done again after an interruption: the block below commits what stands before it.
    op.execute("ALTER TABLE runs ADD COLUMN IF NOT EXISTS twin_id uuid, ADD COLUMN IF NOT EXISTS reused_from uuid")
    op.execute("ALTER TABLE workers ADD COLUMN IF NOT EXISTS maker varchar")
    op.create_table(
        "fingerprints",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("physics", sa.String(), nullable=False),
        sa.Column("maker", sa.String(), nullable=False),
        sa.Column("outputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_fingerprints_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_fingerprints")),
        if_not_exists=True,
    )
    op.create_index("ix_fingerprints_same", "fingerprints", ["owner", "physics", "maker", "at"], if_not_exists=True)
    _allow(f"{OUTCOMES},'reused','twin'")
    # Separately, because services go on writing while the rows that are there are read.
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE attempts VALIDATE CONSTRAINT ck_attempts_outcome")
        for name, (columns, condition) in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(name, "runs", columns, postgresql_where=sa.text(condition), postgresql_concurrently=True)


def downgrade() -> None:
    # The version before knows no twins: nothing would release these runs.
    op.execute("UPDATE runs SET held_reason = NULL, not_before = now() WHERE held_reason = 'twin'")
    op.execute("UPDATE attempts SET outcome = 'succeeded' WHERE outcome = 'reused'")
    op.execute("UPDATE attempts SET outcome = 'drained' WHERE outcome = 'twin'")
    _allow(OUTCOMES)
    op.execute("ALTER TABLE attempts VALIDATE CONSTRAINT ck_attempts_outcome")
    op.drop_table("fingerprints")
    for name in INDEXES:
        op.drop_index(name, "runs")
    op.execute("ALTER TABLE runs DROP COLUMN twin_id, DROP COLUMN reused_from")
    op.drop_column("workers", "maker")


def _allow(outcomes: str) -> None:
    op.drop_constraint("ck_attempts_outcome", "attempts")
    op.execute(f"ALTER TABLE attempts ADD CONSTRAINT ck_attempts_outcome CHECK (outcome IN ({outcomes})) NOT VALID")
