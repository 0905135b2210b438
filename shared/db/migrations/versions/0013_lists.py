"""Indexes for lists: simulations of one status, and the audit log of one owner or one object, by time."""

from alembic import op
from sqlalchemy import text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEPT = text("deleted_at IS NULL")
INDEXES = {
    "ix_simulations_status_created_at_id": ("simulations", ["status", "created_at", "id"], KEPT),
    "ix_simulations_owner_status_created_at_id": ("simulations", ["owner", "status", "created_at", "id"], KEPT),
    "ix_audit_owner_at_id": ("audit", ["owner", "at", "id"], None),
    "ix_audit_object_at_id": ("audit", ["object", "at", "id"], None),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (table, columns, where) in INDEXES.items():
            # What an interrupted build leaves behind is invalid and in the way.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(name, table, columns, postgresql_where=where, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
