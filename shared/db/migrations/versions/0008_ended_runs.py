"""The keys by which lists of runs are sorted, in a table of their own, kept by triggers on runs."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE IF NOT EXISTS ended_runs (
    run_id uuid NOT NULL CONSTRAINT pk_ended_runs PRIMARY KEY,
    simulation_id uuid NOT NULL,
    owner varchar NOT NULL,
    started_at timestamptz,
    ended_at timestamptz NOT NULL,
    seconds double precision,
    site_eui_kwh_per_m2 double precision
)
"""
KEYS = ("started_at", "ended_at", "seconds", "site_eui_kwh_per_m2")
SCOPES = ("simulation_id", "owner", None)

#: A metric that is no number is none: a trigger must not keep a run from ending.
ROWS = """
SELECT run.id, run.simulation_id, simulations.owner, run.started_at, run.ended_at,
    extract(epoch FROM run.ended_at - run.started_at)::double precision,
    CASE WHEN jsonb_typeof(results.metrics -> 'site_eui_kwh_per_m2') = 'number'
        THEN (results.metrics ->> 'site_eui_kwh_per_m2')::double precision END
FROM {runs} run JOIN simulations ON simulations.id = run.simulation_id LEFT JOIN results ON results.run_id = run.id
WHERE run.ended_at IS NOT NULL
"""
INSERT = """
INSERT INTO ended_runs (run_id, simulation_id, owner, started_at, ended_at, seconds, site_eui_kwh_per_m2)
{rows} ON CONFLICT (run_id)
"""
REPLACE = """
DO UPDATE SET started_at = excluded.started_at, ended_at = excluded.ended_at, seconds = excluded.seconds,
    site_eui_kwh_per_m2 = excluded.site_eui_kwh_per_m2
"""
# ruff: noqa: S608  (all parts are written here)
#: Runs that a statement has ended, or reopened.
ENDED = """
(SELECT entered.* FROM entered JOIN left_behind USING (id)
WHERE entered.ended_at IS NOT NULL AND left_behind.ended_at IS NULL)
"""
REOPENED = """
SELECT entered.id FROM entered JOIN left_behind USING (id)
WHERE entered.ended_at IS NULL AND left_behind.ended_at IS NOT NULL
"""
BODIES = {
    "UPDATE": (
        "NEW TABLE AS entered OLD TABLE AS left_behind",
        f"IF EXISTS ({REOPENED}) THEN DELETE FROM ended_runs WHERE run_id IN ({REOPENED}); END IF;"
        f"IF EXISTS (SELECT FROM entered WHERE ended_at IS NOT NULL) THEN "
        f"{INSERT.format(rows=ROWS.format(runs=ENDED))} {REPLACE}; END IF;",
    ),
    "DELETE": (
        "OLD TABLE AS left_behind",
        "DELETE FROM ended_runs WHERE run_id IN (SELECT id FROM left_behind WHERE ended_at IS NOT NULL);",
    ),
}


def upgrade() -> None:
    op.execute(TABLE)
    # From here on every change is followed; what ended before is filled in beside the running services.
    for event, (tables, body) in BODIES.items():
        name = f"sort_ended_{event.lower()}"
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {body} RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON runs REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    # After an interruption all of this can be done again.
    with op.get_context().autocommit_block():
        op.execute(f"{INSERT.format(rows=ROWS.format(runs='runs'))} DO NOTHING")
        for scope in SCOPES:
            for key in KEYS:
                name = "_".join(filter(None, ("ix_ended_runs", scope, key)))
                columns = ", ".join(filter(None, (scope, key, "run_id")))
                op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
                op.execute(f"CREATE INDEX CONCURRENTLY {name} ON ended_runs ({columns}) WHERE {key} IS NOT NULL")


def downgrade() -> None:
    for event in BODIES:
        name = f"sort_ended_{event.lower()}"
        op.execute(f"DROP TRIGGER {name} ON runs")
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP TABLE ended_runs")
