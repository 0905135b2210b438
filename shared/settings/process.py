"""Base class of all settings; the other modules of this package add theirs to it."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "EPSM_"


class ProcessSettings(BaseSettings):
    """Settings for the monitoring of a process: health check, traces, logs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    health_host: str = "127.0.0.1"
    """Address on which every service serves /healthz and /metrics for probes and Prometheus."""

    traces_endpoint: str | None = Field(None, pattern=r"^(https?://.+)?$")
    """Base URL of the OTLP/HTTP receiver of traces, such as `http://collector:4318`; empty turns tracing off."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Lowest level of events that are logged."""
