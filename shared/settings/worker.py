"""Settings of workers and runs: engines, limits of a run, leases and retries."""

import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import NoDecode

from shared.settings.process import ProcessSettings


class WorkerSettings(ProcessSettings):
    """Settings of engines, runs and their attempts."""

    worker_port: int = Field(8001, ge=0, le=65535)
    """Port of the worker's /healthz and /metrics; 0 takes a free one."""

    engines: Annotated[tuple[str, ...], NoDecode] = ("25.2.0",)
    """Engine versions the fleet has, comma-separated: the API takes no model that no worker could run."""

    engine_directories: Annotated[tuple[Path, ...], NoDecode] = ()
    """EnergyPlus installations besides the one from PyPI, comma-separated; same version: the one named here."""

    worker_engine: str | None = None
    """The one engine that a worker serves (each engine has its own queue); empty: the newest of `engines`."""

    concurrency: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=512)
    """Runs at once in one worker; EnergyPlus uses one core per run, so the number of cores."""

    scratch_directory: Path = Field(default_factory=lambda: Path(tempfile.gettempdir()) / "epsm-scratch")
    """Where runs and uploads have their private working directories; fast local disk, nothing here outlives a run."""

    scratch_minimum_bytes: int = Field(100 * 1024**2, ge=0)
    """Free scratch below which a worker that has met a failure takes no more runs; an annual run needs some 40 MB."""

    soft_limit_seconds: float = Field(3300, gt=0)
    """Longest a run may take before EnergyPlus gets SIGTERM; a simulation may ask for less."""

    hard_limit_seconds: float = Field(3600, gt=0)
    """Longest a run may take before EnergyPlus gets SIGKILL; a simulation may ask for less."""

    memory_limit_bytes: int = Field(4 * 1024**3, ge=256 * 1024**2)
    """Address space of one EnergyPlus process: a runaway model must not take its neighbours with it."""

    file_limit_bytes: int = Field(8 * 1024**3, ge=1024**2)
    """Largest single file EnergyPlus may write."""

    scratch_limit_bytes: int = Field(16 * 1024**3, ge=1024**2)
    """All files of one run together, its inputs included: many of them must not fill the disk under its neighbours."""

    sandbox: Literal["required", "off"] = "required"
    """EnergyPlus reads its installation, writes its scratch and reaches no network. A worker that cannot see to that
    does not start; `off` runs what users send with the worker's own rights."""

    engine_writable: Annotated[tuple[Path, ...], NoDecode] = ()
    """What an installation writes outside the scratch directory, such as the log of a wrapper; comma-separated."""

    max_attempts: int = Field(3, ge=1, le=100)
    """Charged attempts before a run that keeps losing its worker is failed; model errors are never retried."""

    retry_backoff_seconds: float = Field(1, gt=0)
    """Wait before the second attempt; doubles with each further one."""

    beat_seconds: float = Field(2, gt=0)
    """How often a worker renews its leases and learns of cancellations: a cancelled run is to die within 5 s."""

    lease_seconds: float = Field(15, gt=0)
    """How long a silent worker keeps its runs: several beats, so that a short stall costs nothing."""

    drain_seconds: float = Field(20, ge=0)
    """How long a worker that got SIGTERM waits for those of its runs that can end; the rest is given back uncharged."""

    max_give_backs: int = Field(5, ge=0, le=1000)
    """How often leaving workers may give a run back uncharged; then it counts, so that it ends some day."""

    consumer_timeout_seconds: float = Field(7200, gt=0)
    """What RabbitMQ's `consumer_timeout` is set to; past it RabbitMQ gives a run that still goes to a second worker."""

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        for name in ("engines", "engine_directories", "engine_writable"):
            if isinstance(text := values.get(name), str):
                values[name] = tuple(part.strip() for part in text.split(",") if part.strip())
        return values

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.soft_limit_seconds > self.hard_limit_seconds:
            raise ValueError("EPSM_SOFT_LIMIT_SECONDS is above EPSM_HARD_LIMIT_SECONDS")
        if self.hard_limit_seconds + self.drain_seconds >= self.consumer_timeout_seconds:
            raise ValueError(
                "EPSM_HARD_LIMIT_SECONDS plus EPSM_DRAIN_SECONDS must stay below EPSM_CONSUMER_TIMEOUT_SECONDS, "
                "or RabbitMQ hands a run that is still going to a second worker"
            )
        if self.lease_seconds < 2 * self.beat_seconds:
            raise ValueError("EPSM_LEASE_SECONDS must be at least twice EPSM_BEAT_SECONDS")
        if not self.engines:
            raise ValueError("EPSM_ENGINES names no engine")
        if self.worker_engine is not None and self.worker_engine not in self.engines:
            raise ValueError(f"EPSM_WORKER_ENGINE {self.worker_engine} is not among EPSM_ENGINES")
        return self

    @property
    def served_engine(self) -> str:
        """Version of the engine that this worker serves; the newest of `engines` unless `worker_engine` is set."""
        return self.worker_engine or max(self.engines, key=lambda v: [int(n) for n in v.split(".")])
