"""Circuit breakers and dependencies of simulations: what holds their runs, and failures counted by cause."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COLUMNS = {
    "stop_rule": "jsonb",
    "breaker_opened_at": "timestamptz",
    "breaker_held_at": "timestamptz",
    "breaker_cause": "jsonb",
    "waits_for": "uuid",
    "dependency_met_at": "timestamptz",
    "dependency_error": "varchar",
}
INDEXES = {
    "ix_simulations_tripped": (
        *("id", "breaker_opened_at IS NOT NULL AND breaker_held_at IS NULL AND ended_at IS NULL"),
    ),
    "ix_simulations_waits_for": ("waits_for", "waits_for IS NOT NULL AND ended_at IS NULL"),
    "ix_simulations_dependency_met": (
        *("id", "dependency_met_at IS NOT NULL AND waits_for IS NOT NULL AND ended_at IS NULL"),
    ),
}
#: As in 0012: columns that the API shows and that change, besides the simulation's counters.
SHOWN = (
    *("name", "priority", "status", "round", "started_at", "ended_at", "cancel_requested_at", "held_at"),
    "deleted_at",
)


def upgrade() -> None:
    # All of this can be done again after an interruption: the block below commits what stands before it.
    for name, kind in COLUMNS.items():
        op.execute(f"ALTER TABLE simulations ADD COLUMN IF NOT EXISTS {name} {kind}")
    op.execute(
        "CREATE TABLE IF NOT EXISTS failure_causes ("
        "simulation_id uuid NOT NULL CONSTRAINT fk_failure_causes_simulation_id_simulations "
        "REFERENCES simulations (id) ON DELETE CASCADE, cause varchar NOT NULL, failures integer NOT NULL, "
        "CONSTRAINT pk_failure_causes PRIMARY KEY (simulation_id, cause))"
    )
    _raise_revision((*SHOWN, "breaker_opened_at", "waits_for", "dependency_error"))
    with op.get_context().autocommit_block():
        for name, (column, where) in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(
                *(name, "simulations", [column]), postgresql_where=sa.text(where), postgresql_concurrently=True
            )


def downgrade() -> None:
    # A version that knows neither would keep these runs for ever. Those that a user holds as well stay held.
    op.execute(
        "UPDATE runs SET held_reason = CASE WHEN held_at IS NOT NULL THEN 'user' END, "
        "not_before = CASE WHEN held_at IS NOT NULL THEN not_before ELSE now() END FROM simulations "
        "WHERE simulations.id = simulation_id AND runs.status = 'queued' AND held_reason IN ('canary', 'dependency')"
    )
    _raise_revision(SHOWN)
    op.drop_table("failure_causes")
    for name in INDEXES:
        op.drop_index(name, "simulations")
    for name in COLUMNS:
        op.drop_column("simulations", name)


def _raise_revision(columns: tuple[str, ...]) -> None:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE OR REPLACE TRIGGER raise_revision BEFORE UPDATE ON simulations FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION raise_revision()"
    )
