"""Revisions: the last transaction that changed what the API shows of a simulation or a run, kept by triggers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# ruff: noqa: S608  (all parts are written here)
CURRENT = "pg_current_xact_id()::text::bigint"
#: Columns that the API shows and that change; leases, publication and the simulation's counters are not among them.
#: Counters change together with runs, and an update of them alone must not write the index.
SHOWN = {
    "simulations": (
        *("name", "priority", "status", "round", "started_at", "ended_at", "cancel_requested_at", "held_at"),
        "deleted_at",
    ),
    "runs": (
        *("status", "verdict", "progress", "message", "attempt", "max_attempts", "held_reason", "worker_id"),
        *("cancel_requested_at", "queued_at", "started_at", "ended_at", "error_code", "error_message"),
    ),
}
RAISE = f"""
CREATE OR REPLACE FUNCTION raise_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := {CURRENT};
    RETURN NEW;
END
$$
"""
FORGET = """
CREATE OR REPLACE FUNCTION forget_simulation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE forgotten SET revision = OLD.revision WHERE revision < OLD.revision;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    # After an interruption all of this can be done again.
    op.execute(
        "CREATE TABLE IF NOT EXISTS forgotten ("
        "id boolean NOT NULL DEFAULT true CONSTRAINT pk_forgotten PRIMARY KEY, "
        "revision bigint NOT NULL, CONSTRAINT ck_forgotten_one CHECK (id))"
    )
    op.execute(f"INSERT INTO forgotten (revision) VALUES ({CURRENT}) ON CONFLICT DO NOTHING")
    op.execute(RAISE)
    op.execute(FORGET)
    for table, columns in SHOWN.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS revision bigint")
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
        op.execute(
            f"CREATE OR REPLACE TRIGGER raise_revision BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION raise_revision()"
        )
    # Separately from the column, so that rows that are there already have none. New runs have none either: they come
    # with their simulation, and a million of them do not touch the index.
    op.execute(f"ALTER TABLE simulations ALTER COLUMN revision SET DEFAULT {CURRENT}")
    op.execute(
        "CREATE OR REPLACE TRIGGER forget_simulation AFTER DELETE ON simulations FOR EACH ROW "
        "EXECUTE FUNCTION forget_simulation()"
    )
    with op.get_context().autocommit_block():
        for table in SHOWN:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_{table}_revision")
            where = sa.text("revision IS NOT NULL")
            op.create_index(
                f"ix_{table}_revision", table, ["revision"], postgresql_where=where, postgresql_concurrently=True
            )


def downgrade() -> None:
    op.execute("DROP TRIGGER forget_simulation ON simulations")
    op.execute("DROP FUNCTION forget_simulation()")
    for table in SHOWN:
        op.execute(f"DROP TRIGGER raise_revision ON {table}")
        op.drop_column(table, "revision")
    op.execute("DROP FUNCTION raise_revision()")
    op.execute("DROP TABLE forgotten")
