"""Settings of the scheduler: periods of its jobs, and retention."""

from pydantic import Field

from shared.settings.process import ProcessSettings


class SchedulerSettings(ProcessSettings):
    """Settings of dispatch and retention."""

    scheduler_port: int = Field(8002, ge=0, le=65535)
    """Port of the scheduler's /healthz and /metrics; 0 takes a free one."""

    window_minimum: int = Field(4, ge=1)
    """Messages kept in a queue even without workers, so that the first worker finds runs to start."""

    dispatch_seconds: float = Field(1, gt=0)
    """How often the scheduler fills the windows when no notification arrives."""

    canary_seconds: float = Field(15, gt=0)
    """How often the scheduler sends a canary message through RabbitMQ."""

    retention_days: float = Field(30, gt=0)
    """How long results and events of ended simulations are kept."""

    audit_days: float = Field(365, gt=0)
    """How long the audit log is kept."""

    grace_seconds: float = Field(24 * 3600, ge=0)
    """How long a stored file that nothing refers to is kept: an upload in progress is such a file."""

    retention_seconds: float = Field(600, gt=0)
    """How often retention runs."""
