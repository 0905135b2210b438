"""State of the round robin between owners by engine: one start in a few is assigned by it and not by priority."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dispatch_turns",
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("engine", name=op.f("pk_dispatch_turns")),
    )


def downgrade() -> None:
    op.drop_table("dispatch_turns")
