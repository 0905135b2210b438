"""An index over an owner's simulations: what they have is counted with every submission."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Built beside the running service, as in 0002.
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_simulations_owner")
        op.create_index(
            "ix_simulations_owner",
            "simulations",
            ["owner"],
            postgresql_where=sa.text("deleted_at IS NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_simulations_owner", table_name="simulations", postgresql_concurrently=True)
