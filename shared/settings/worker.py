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
    """Engine versions of the fleet, comma-separated; the API refuses models that need another one."""

    engine_directories: Annotated[tuple[Path, ...], NoDecode] = ()
    """EnergyPlus installations besides the one from PyPI, comma-separated; for the same version, these are used."""

    weather_directories: Annotated[tuple[Path, ...], NoDecode] = ()
    """Directories with EPW files that the API offers by name, besides those of the engines; comma-separated. They are
    read once, when they are first asked for."""

    worker_engine: str | None = None
    """The one engine that a worker serves (each engine has its own queue); empty: the newest of `engines`."""

    concurrency: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=512)
    """Runs at the same time in one worker; EnergyPlus uses one core per run, so the default is the number of cores."""

    scratch_directory: Path = Field(default_factory=lambda: Path(tempfile.gettempdir()) / "epsm-scratch")
    """Parent of the working directories of runs and uploads; a fast local disk. Nothing in it is kept after a run."""

    scratch_minimum_bytes: int = Field(100 * 1024**2, ge=0)
    """Free scratch space below which a worker takes no more runs after a failure; an annual run needs some 40 MB."""

    soft_limit_seconds: float = Field(3300, gt=0)
    """Longest a run may take before EnergyPlus gets SIGTERM; a simulation may set less."""

    hard_limit_seconds: float = Field(3600, gt=0)
    """Longest a run may take before EnergyPlus gets SIGKILL; a simulation may set less."""

    memory_limit_bytes: int = Field(4 * 1024**3, ge=256 * 1024**2)
    """Address space of one EnergyPlus process, and memory of the helper that prepares its model or reads its results:
    it keeps one model from using the memory of other runs."""

    file_limit_bytes: int = Field(8 * 1024**3, ge=1024**2)
    """Largest single file EnergyPlus may write."""

    scratch_limit_bytes: int = Field(16 * 1024**3, ge=1024**2)
    """All files of one run together, inputs included; it keeps one run from filling the disk of others."""

    helper_seconds: float = Field(120.0, gt=0, le=140)
    """Time that preparing a model or reading its results may take, if the run's own limit is not shorter. Both together
    stay below the 300 s that an attempt has besides EnergyPlus."""

    sandbox: Literal["required", "relaxed", "off"] = "required"
    """Confines EnergyPlus, and the helpers of workers and API: they read their own files, write their own directory and
    use no network. A worker or API that cannot enforce all of docs/security.md does not start. `relaxed`: it starts
    with Landlock alone, as on ARM, and logs what a model could do. `off`: models run, and are read, with the
    permissions of the service."""

    engine_writable: Annotated[tuple[Path, ...], NoDecode] = ()
    """Paths outside the scratch directory that an installation writes, such as a wrapper's log; comma-separated."""

    max_attempts: int = Field(3, ge=1, le=100)
    """Charged attempts after which a run that keeps losing its worker fails; model errors are never retried."""

    retry_backoff_seconds: float = Field(1, gt=0)
    """Delay before the second attempt; it doubles with each further one."""

    beat_seconds: float = Field(2, gt=0)
    """How often a worker renews its leases and learns of cancellations; a cancelled run should end within 5 s."""

    lease_seconds: float = Field(15, gt=0)
    """How long a worker without a heartbeat keeps its runs; several beats, so that a short stall costs nothing."""

    drain_seconds: float = Field(20, ge=0)
    """How long a worker waits for its runs after SIGTERM; runs that cannot end in time are given back uncharged."""

    max_give_backs: int = Field(5, ge=0, le=1000)
    """How often a run may be given back uncharged; further times are charged, so that the run ends eventually."""

    consumer_timeout_seconds: float = Field(7200, gt=0)
    """The `consumer_timeout` configured in RabbitMQ; after it, RabbitMQ delivers a run that is still going to a second
    worker."""

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        for name in ("engines", "engine_directories", "weather_directories", "engine_writable"):
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
        return self.worker_engine or self.newest_engine

    @property
    def newest_engine(self) -> str:
        """The newest version of `engines`."""
        return max(self.engines, key=lambda v: [int(n) for n in v.split(".")])
