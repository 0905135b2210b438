"""What the checks found in stored inputs, so that an input that is named again is not read again."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspections",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "sha256"],
            ["artifact_owners.owner", "artifact_owners.sha256"],
            name=op.f("fk_inspections_owner_sha256_artifact_owners"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner", "sha256", "role", name=op.f("pk_inspections")),
    )


def downgrade() -> None:
    op.drop_table("inspections")
