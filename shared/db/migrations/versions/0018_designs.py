"""The row of a run in the design of its simulation, a file, in place of the values of its parameters.

Cancelled simulations with runs that have not ended are found by an index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROLES, NEWER_ROLES = "role IN ('model','weather','file')", "role IN ('model','weather','file','design')"


def upgrade() -> None:
    op.add_column("runs", sa.Column("variant", sa.Integer(), nullable=True))
    op.alter_column("runs", "parameters", nullable=True)
    op.execute(
        "ALTER TABLE runs ADD CONSTRAINT ck_runs_values_or_variant "
        "CHECK ((variant IS NULL) = (parameters IS NOT NULL)) NOT VALID"
    )
    _allow(NEWER_ROLES)
    # Separately, because services go on writing while the rows that are there are checked.
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE runs VALIDATE CONSTRAINT ck_runs_values_or_variant")
        op.execute("ALTER TABLE simulation_inputs VALIDATE CONSTRAINT ck_simulation_inputs_role")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_simulations_cancelling")
        op.create_index(
            *("ix_simulations_cancelling", "simulations", ["id"]),
            postgresql_where=sa.text("cancel_requested_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_simulations_cancelling", "simulations")
    # Fails while there is a simulation with a design: its runs would become those of the unchanged model.
    _allow(ROLES)
    op.execute("ALTER TABLE simulation_inputs VALIDATE CONSTRAINT ck_simulation_inputs_role")
    op.drop_constraint("ck_runs_values_or_variant", "runs")
    op.alter_column("runs", "parameters", nullable=False)
    op.drop_column("runs", "variant")


def _allow(roles: str) -> None:
    op.drop_constraint("ck_simulation_inputs_role", "simulation_inputs")
    op.execute(f"ALTER TABLE simulation_inputs ADD CONSTRAINT ck_simulation_inputs_role CHECK ({roles}) NOT VALID")
