"""The spine: simulations, runs, attempts, results, artifacts, workers, canaries, events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "artifacts",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tombstoned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_artifacts_sha256")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_artifacts_size")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_artifacts")),
    )
    op.create_index("ix_artifacts_last_used_at", "artifacts", ["last_used_at"], unique=False)
    op.create_table(
        "canaries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canaries")),
    )
    op.create_index("ix_canaries_sent_at", "canaries", ["sent_at"], unique=False)
    op.create_table(
        "simulations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), server_default="queued", nullable=False),
        sa.Column("spec", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("correlation_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("succeeded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("soft_limit_seconds", sa.Double(), nullable=False),
        sa.Column("hard_limit_seconds", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cancel_requested_at IS NULL OR status = 'cancelled'",
            name=op.f("ck_simulations_cancel_request_shows"),
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR status NOT IN ('queued','running')", name=op.f("ck_simulations_ended_status")
        ),
        sa.CheckConstraint(
            "status IN ('queued','running','succeeded','failed','cancelled')",
            name=op.f("ck_simulations_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('succeeded','failed') OR ended_at IS NOT NULL",
            name=op.f("ck_simulations_outcome_ended"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (succeeded + failed + cancelled = total)",
            name=op.f("ck_simulations_ended_with_last_run"),
        ),
        sa.CheckConstraint(
            "0 < soft_limit_seconds AND soft_limit_seconds <= hard_limit_seconds",
            name=op.f("ck_simulations_limits"),
        ),
        sa.CheckConstraint("priority BETWEEN 0 AND 3", name=op.f("ck_simulations_priority")),
        sa.CheckConstraint(
            "succeeded + failed + cancelled <= total", name=op.f("ck_simulations_counters_within_total")
        ),
        sa.CheckConstraint(
            "succeeded >= 0 AND failed >= 0 AND cancelled >= 0",
            name=op.f("ck_simulations_counters_not_negative"),
        ),
        sa.CheckConstraint("total >= 1 AND round >= 1", name=op.f("ck_simulations_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulations")),
    )
    op.create_index("ix_simulations_created_at_id", "simulations", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_simulations_open",
        "simulations",
        ["priority", "created_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), server_default="ready", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('ready','draining','stopped')", name=op.f("ck_workers_status")),
        sa.CheckConstraint("concurrency >= 1", name=op.f("ck_workers_concurrency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("weather", sa.String(), nullable=False),
        sa.Column(
            "parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="queued", nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("progress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message", sa.String(), server_default="", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("charged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("held_reason", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker_id", sa.String(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(status = 'running') = (deadline_at IS NOT NULL)", name=op.f("ck_runs_deadline_while_running")
        ),
        sa.CheckConstraint(
            "(status = 'running') = (lease_expires_at IS NOT NULL)", name=op.f("ck_runs_lease_while_running")
        ),
        sa.CheckConstraint(
            "(status = 'succeeded') = (progress = 100)", name=op.f("ck_runs_full_progress_means_success")
        ),
        sa.CheckConstraint(
            "(status IN ('succeeded','failed','cancelled')) = (ended_at IS NOT NULL)",
            name=op.f("ck_runs_ended_when_terminal"),
        ),
        sa.CheckConstraint("status <> 'failed' OR error_code IS NOT NULL", name=op.f("ck_runs_failure_has_a_cause")),
        sa.CheckConstraint("status <> 'running' OR worker_id IS NOT NULL", name=op.f("ck_runs_worker_while_running")),
        sa.CheckConstraint(
            "status <> 'succeeded' OR coalesce(verdict, '') IN ('success','success_with_severe_errors')",
            name=op.f("ck_runs_success"),
        ),
        sa.CheckConstraint(
            "status IN ('queued','running','succeeded','failed','cancelled')", name=op.f("ck_runs_status")
        ),
        sa.CheckConstraint(
            "verdict IN ('success','success_with_severe_errors','fatal','crashed','timed_out')",
            name=op.f("ck_runs_verdict"),
        ),
        sa.CheckConstraint(
            "0 <= charged AND charged <= attempt AND charged <= max_attempts", name=op.f("ck_runs_charged")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_runs_progress")),
        sa.ForeignKeyConstraint(
            ["simulation_id"],
            ["simulations.id"],
            name=op.f("fk_runs_simulation_id_simulations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(
        "ix_runs_backlog",
        "runs",
        ["simulation_id", "index"],
        unique=False,
        postgresql_where=sa.text("status = 'queued' AND published_at IS NULL"),
    )
    op.create_index(
        "ix_runs_leases",
        "runs",
        ["lease_expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "ix_runs_running",
        "runs",
        ["simulation_id"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "ix_runs_window",
        "runs",
        ["engine", "published_at"],
        unique=False,
        postgresql_where=sa.text("status = 'queued' AND published_at IS NOT NULL"),
    )
    op.create_index("uq_runs_simulation_id_index", "runs", ["simulation_id", "index"], unique=True)
    op.create_table(
        "simulation_inputs",
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.CheckConstraint("role IN ('model','weather','file')", name=op.f("ck_simulation_inputs_role")),
        sa.ForeignKeyConstraint(["sha256"], ["artifacts.sha256"], name=op.f("fk_simulation_inputs_sha256_artifacts")),
        sa.ForeignKeyConstraint(
            ["simulation_id"],
            ["simulations.id"],
            name=op.f("fk_simulation_inputs_simulation_id_simulations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("simulation_id", "role", "name", name=op.f("pk_simulation_inputs")),
    )
    op.create_index("ix_simulation_inputs_sha256", "simulation_inputs", ["sha256"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column(
            "phases",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "outcome IN ('succeeded','failed','cancelled','infrastructure','lost','drained')",
            name=op.f("ck_attempts_outcome"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_attempts_ended_with_outcome")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_attempts_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_attempts")),
    )
    op.create_index(
        "ix_attempts_open", "attempts", ["run_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_events_run_id_runs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["simulation_id"],
            ["simulations.id"],
            name=op.f("fk_events_simulation_id_simulations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_at", "events", ["at"], unique=False)
    op.create_index("ix_events_simulation_id_id", "events", ["simulation_id", "id"], unique=False)
    op.create_table(
        "results",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_results_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_results")),
    )
    op.create_table(
        "run_files",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_files_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_run_files")),
    )
    op.create_table(
        "run_messages",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("severity IN ('warning','severe','fatal')", name=op.f("ck_run_messages_severity")),
        sa.CheckConstraint("count >= 1", name=op.f("ck_run_messages_count")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_messages_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "ordinal", name=op.f("pk_run_messages")),
    )


def downgrade() -> None:
    op.drop_table("run_messages")
    op.drop_table("run_files")
    op.drop_table("results")
    op.drop_index("ix_events_simulation_id_id", table_name="events")
    op.drop_index("ix_events_at", table_name="events")
    op.drop_table("events")
    op.drop_index("ix_attempts_open", table_name="attempts", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_table("attempts")
    op.drop_index("ix_simulation_inputs_sha256", table_name="simulation_inputs")
    op.drop_table("simulation_inputs")
    op.drop_index("uq_runs_simulation_id_index", table_name="runs")
    op.drop_index(
        "ix_runs_window",
        table_name="runs",
        postgresql_where=sa.text("status = 'queued' AND published_at IS NOT NULL"),
    )
    op.drop_index("ix_runs_running", table_name="runs", postgresql_where=sa.text("status = 'running'"))
    op.drop_index("ix_runs_leases", table_name="runs", postgresql_where=sa.text("status = 'running'"))
    op.drop_index(
        "ix_runs_backlog",
        table_name="runs",
        postgresql_where=sa.text("status = 'queued' AND published_at IS NULL"),
    )
    op.drop_table("runs")
    op.drop_table("workers")
    op.drop_index("ix_simulations_open", table_name="simulations", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_simulations_created_at_id", table_name="simulations")
    op.drop_table("simulations")
    op.drop_index("ix_canaries_sent_at", table_name="canaries")
    op.drop_table("canaries")
    op.drop_index("ix_artifacts_last_used_at", table_name="artifacts")
    op.drop_table("artifacts")
