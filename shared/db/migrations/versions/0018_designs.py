"""The row of a run in the design of its simulation, a file, in place of the values of its parameters.

Cancelled simulations with runs that have not ended are found by an index. And a trigger of 0008 no longer compares each
row of an update with each: its plan, made for the few rows of a session's first update, took minutes for ten thousand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROLES, NEWER_ROLES = "role IN ('model','weather','file')", "role IN ('model','weather','file','design')"
#: Runs that have ended, and no more those that were opened again: without a join of the two tables of an update.
SORT_ENDED = """
CREATE OR REPLACE FUNCTION sort_ended_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM left_behind WHERE ended_at IS NOT NULL) THEN
        DELETE FROM ended_runs WHERE run_id IN (
            SELECT id FROM left_behind WHERE ended_at IS NOT NULL
            EXCEPT SELECT id FROM entered WHERE ended_at IS NOT NULL
        );
    END IF;
    IF EXISTS (SELECT FROM entered WHERE ended_at IS NOT NULL) THEN
        INSERT INTO ended_runs (run_id, simulation_id, owner, started_at, ended_at, seconds, site_eui_kwh_per_m2)
        SELECT run.id, run.simulation_id, simulations.owner, run.started_at, run.ended_at,
            extract(epoch FROM run.ended_at - run.started_at)::double precision,
            CASE WHEN jsonb_typeof(results.metrics -> 'site_eui_kwh_per_m2') = 'number'
                THEN (results.metrics ->> 'site_eui_kwh_per_m2')::double precision END
        FROM entered run JOIN simulations ON simulations.id = run.simulation_id
            LEFT JOIN results ON results.run_id = run.id
        WHERE run.ended_at IS NOT NULL
        ON CONFLICT (run_id) DO UPDATE SET started_at = excluded.started_at, ended_at = excluded.ended_at,
            seconds = excluded.seconds, site_eui_kwh_per_m2 = excluded.site_eui_kwh_per_m2;
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    # All of this can be done again after an interruption: the block below commits what stands before it.
    op.execute("ALTER TABLE runs ADD COLUMN IF NOT EXISTS variant integer")
    op.alter_column("runs", "parameters", nullable=True)
    op.execute("ALTER TABLE runs DROP CONSTRAINT IF EXISTS ck_runs_values_or_variant")
    op.execute(
        "ALTER TABLE runs ADD CONSTRAINT ck_runs_values_or_variant "
        "CHECK ((variant IS NULL) = (parameters IS NOT NULL)) NOT VALID"
    )
    _allow(NEWER_ROLES)
    op.execute(SORT_ENDED)
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
    # The trigger's function stays: it does the same as the one before.
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
