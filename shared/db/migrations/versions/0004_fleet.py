"""Workers that know when they are unfit or are told to drain, and pauses of the fleet."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("engine", name=op.f("pk_pauses")),
    )
    op.add_column("workers", sa.Column("reason", sa.String(), nullable=True))
    op.add_column("workers", sa.Column("drain_requested_at", sa.DateTime(timezone=True), nullable=True))
    _allow("ready", "unfit", "draining", "drained", "stopped")


def downgrade() -> None:
    # Both mean to older code what draining means to it: there, and taking no runs.
    op.execute("UPDATE workers SET status = 'draining' WHERE status IN ('unfit','drained')")
    _allow("ready", "draining", "stopped")
    op.drop_column("workers", "drain_requested_at")
    op.drop_column("workers", "reason")
    op.drop_table("pauses")


def _allow(*statuses: str) -> None:
    # The table has a row per worker: it is checked at once, and its lock is held for no time.
    name = op.f("ck_workers_status")
    op.drop_constraint(name, "workers", type_="check")
    listed = ",".join(f"'{status}'" for status in statuses)
    op.create_check_constraint(name, "workers", f"status IN ({listed})")
