"""A hold of a simulation, which runs that come back into the queue keep."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("simulations", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # A version without holds would keep these runs for ever.
    op.execute(
        "UPDATE runs SET held_reason = NULL, not_before = now() WHERE status = 'queued' AND held_reason = 'user'"
    )
    op.drop_column("simulations", "held_at")
