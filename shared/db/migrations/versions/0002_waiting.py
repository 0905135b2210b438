"""An index over what waits: workers are scaled on it every few seconds, and the scheduler counts it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Built beside the running service: an ordinary build would keep every claim waiting.
    with op.get_context().autocommit_block():
        # What an interrupted build leaves behind is invalid and in the way.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_runs_waiting")
        op.create_index(
            "ix_runs_waiting",
            "runs",
            ["engine", "not_before"],
            postgresql_where=sa.text("status = 'queued'"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_runs_waiting", table_name="runs", postgresql_concurrently=True)
