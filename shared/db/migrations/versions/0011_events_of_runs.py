"""An index for the events of a run: without it, deleting a run reads all events."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # What an interrupted build leaves behind is invalid and in the way.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_events_run_id")
        op.create_index("ix_events_run_id", "events", ["run_id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_events_run_id")
