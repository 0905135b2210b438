"""Counters of what waits, kept by triggers, and the indexes that let each statement find its runs in few pages."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

READY = sa.text("status = 'queued' AND published_at IS NULL")
KEPT = sa.text("deleted_at IS NULL")
HELD = sa.text("status = 'queued' AND held_reason IS NOT NULL")

#: 0 is one of its simulation's first three runs, 1 one of the rest, 2 one that is held.
WAITING = """
SELECT simulation_id, engine, {n} AS n,
    CASE WHEN held_reason IS NOT NULL THEN 2 WHEN index < 3 THEN 0 ELSE 1 END AS place
FROM {table} WHERE status = 'queued' AND published_at IS NULL
"""
BACKFILL = """
INSERT INTO backlog (simulation_id, engine, place, runs, priority, owner, created_at)
SELECT simulation_id, engine, place, sum(n), priority, owner, created_at
FROM ({waiting}) waiting JOIN simulations ON id = simulation_id
GROUP BY simulation_id, engine, place, priority, owner, created_at
"""

FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    -- In one order everywhere, so that two transactions never wait for each other.
    FOR change IN
        SELECT simulation_id, engine, place, sum(n)::integer AS n FROM ({changed}) changed
        GROUP BY simulation_id, engine, place HAVING sum(n) <> 0 ORDER BY simulation_id, engine, place
    LOOP
        IF change.n > 0 THEN
            INSERT INTO backlog (simulation_id, engine, place, runs, priority, owner, created_at)
            SELECT change.simulation_id, change.engine, change.place, change.n, priority, owner, created_at
            FROM simulations WHERE id = change.simulation_id
            ON CONFLICT (simulation_id, engine, place) DO UPDATE SET runs = backlog.runs + excluded.runs;
        ELSE
            -- A counter that was wrong before must not keep a run from ending: the scheduler puts it right.
            UPDATE backlog SET runs = greatest(runs + change.n, 0)
            WHERE simulation_id = change.simulation_id AND engine = change.engine AND place = change.place;
            DELETE FROM backlog
            WHERE simulation_id = change.simulation_id AND engine = change.engine AND place = change.place
                AND runs = 0;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$
"""
ENTER, LEAVE = WAITING.format(n=1, table="entered"), WAITING.format(n=-1, table="left_behind")
TRIGGERS = {
    "INSERT": ("NEW TABLE AS entered", ENTER),
    "UPDATE": ("NEW TABLE AS entered OLD TABLE AS left_behind", f"{ENTER} UNION ALL {LEAVE}"),
    "DELETE": ("OLD TABLE AS left_behind", LEAVE),
}


def upgrade() -> None:
    # Built beside the running service, as in 0002.
    with op.get_context().autocommit_block():
        _index("runs", "ix_runs_ready", ["simulation_id", "engine", "index"], READY)
        _index("runs", "ix_runs_held", ["engine", "not_before"], HELD)
        _index("simulations", "ix_simulations_owner_created_at_id", ["owner", "created_at", "id"], KEPT)
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_simulations_owner")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_runs_backlog")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_runs_waiting")
    op.create_table(
        "backlog",
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("runs >= 0", name=op.f("ck_backlog_runs")),
        sa.CheckConstraint("place BETWEEN 0 AND 2", name=op.f("ck_backlog_place")),
        sa.PrimaryKeyConstraint("simulation_id", "engine", "place", name=op.f("pk_backlog")),
    )
    op.create_index(
        "ix_backlog_lanes", "backlog", ["engine", "priority", "owner", "place", "created_at", "simulation_id"]
    )
    # Rows come and go at the front of the index, which is read at every pass.
    op.execute("ALTER TABLE backlog SET (fillfactor = 80)")
    op.execute("ALTER TABLE backlog SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)")
    # No run changes its status between the count and the first trigger. Nobody waits for long: one million is counted
    # in a second or two, and services try again after five.
    op.execute("LOCK TABLE runs IN SHARE ROW EXCLUSIVE MODE")
    for event, (tables, changed) in TRIGGERS.items():
        name = f"count_backlog_{event.lower()}"
        op.execute(FUNCTION.format(name=name, changed=changed))
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON runs REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    op.execute(BACKFILL.format(waiting=WAITING.format(n=1, table="runs")))


def downgrade() -> None:
    for event in TRIGGERS:
        name = f"count_backlog_{event.lower()}"
        op.execute(f"DROP TRIGGER {name} ON runs")
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("backlog")
    with op.get_context().autocommit_block():
        _index("runs", "ix_runs_backlog", ["simulation_id", "index"], READY)
        _index("runs", "ix_runs_waiting", ["engine", "not_before"], sa.text("status = 'queued'"))
        _index("simulations", "ix_simulations_owner", ["owner"], KEPT)
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_simulations_owner_created_at_id")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_runs_ready")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_runs_held")


def _index(table: str, name: str, columns: list[str], where: sa.TextClause) -> None:
    # What an interrupted build leaves behind is invalid and in the way.
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.create_index(name, table, columns, postgresql_where=where, postgresql_concurrently=True)
