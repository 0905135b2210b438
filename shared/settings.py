"""The settings of every EPSM process, read once from `EPSM_*` variables and passed down.

Each service's entry point calls `read_settings()`; nothing else reads the environment. A setting that is unknown,
unreadable or contradicts another stops the process with a sentence.
"""

import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "EPSM_"
DRIVER = "postgresql+psycopg2"


class SettingsError(Exception):
    """A setting is unknown, unreadable or contradicts another; the message names it."""


class Settings(BaseSettings):
    """Every field is the variable `EPSM_<FIELD>`; durations are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", use_attribute_docstrings=True)

    database_url: SecretStr = SecretStr("postgresql+psycopg2://epsm@127.0.0.1:5432/epsm")
    """Address of Postgres, `postgresql://user:password@host/database`; the only place where state lives."""

    broker_url: SecretStr = SecretStr("amqp://guest:guest@127.0.0.1:5672/")
    """AMQP address of RabbitMQ; carries one short message per run and can be lost without losing a run."""

    storage_url: str = Field(default_factory=lambda: (Path(tempfile.gettempdir()) / "epsm-storage").as_uri())
    """Where artifacts live: `file:///directory` or `s3://bucket/prefix`."""

    s3_endpoint_url: str | None = None
    """Address of an S3-compatible server; empty means AWS itself."""

    s3_region: str = "us-east-1"
    """Region that requests to S3 are signed for; most other S3 servers accept any."""

    s3_access_key: SecretStr | None = None
    """Access key for S3; empty leaves it to boto3's own search (instance roles, profiles)."""

    s3_secret_key: SecretStr | None = None
    """Secret key that belongs to `s3_access_key`."""

    scratch_directory: Path = Field(default_factory=lambda: Path(tempfile.gettempdir()) / "epsm-scratch")
    """Where runs and uploads have their private working directories; fast local disk, nothing here outlives a run."""

    api_host: str = "127.0.0.1"
    """Address the API listens on; loopback unless told otherwise, because no token is asked for there."""

    api_port: int = Field(8000, ge=0, le=65535)
    """Port of the API."""

    api_threads: int = Field(16, ge=1, le=512)
    """Requests that one API process answers at once; every one may need a connection to Postgres."""

    api_patience_seconds: float = Field(30, gt=0)
    """How long a client may let a thread of the API wait, for the rest of a request or to read on; an upload has a
    second more for every 4 KiB of it. Threads are few, and nobody may hold one by doing nothing."""

    health_host: str = "127.0.0.1"
    """Address on which worker and scheduler serve /healthz and /metrics."""

    worker_port: int = Field(8001, ge=0, le=65535)
    """Port of the worker's /healthz and /metrics; 0 takes a free one."""

    scheduler_port: int = Field(8002, ge=0, le=65535)
    """Port of the scheduler's /healthz and /metrics; 0 takes a free one."""

    engines: Annotated[tuple[str, ...], NoDecode] = ("25.2.0",)
    """Engine versions the fleet has, comma-separated: the API takes no model that no worker could run."""

    engine_directories: Annotated[tuple[Path, ...], NoDecode] = ()
    """EnergyPlus installations besides the one from PyPI, comma-separated; same version: the one named here."""

    worker_engine: str | None = None
    """The one engine that a worker serves (each engine has its own queue); empty: the newest of `engines`."""

    concurrency: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=512)
    """Runs at once in one worker; EnergyPlus uses one core per run, so the number of cores."""

    soft_limit_seconds: float = Field(3300, gt=0)
    """Longest a run may take before EnergyPlus gets SIGTERM; a simulation may ask for less."""

    hard_limit_seconds: float = Field(3600, gt=0)
    """Longest a run may take before EnergyPlus gets SIGKILL; a simulation may ask for less."""

    memory_limit_bytes: int = Field(4 * 1024**3, ge=256 * 1024**2)
    """Address space of one EnergyPlus process: a runaway model must not take its neighbours with it."""

    file_limit_bytes: int = Field(8 * 1024**3, ge=1024**2)
    """Largest single file EnergyPlus may write."""

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

    queue_type: Literal["classic", "quorum"] = "classic"
    """Classic for one RabbitMQ node, quorum for a cluster."""

    window_minimum: int = Field(4, ge=1)
    """Messages kept in a queue even while no worker is there, so that an empty fleet can start."""

    dispatch_seconds: float = Field(1, gt=0)
    """How often the scheduler fills the windows even when nobody notified it."""

    canary_seconds: float = Field(15, gt=0)
    """How often the scheduler sends a canary through RabbitMQ."""

    retention_days: float = Field(30, gt=0)
    """How long results and events of ended simulations are kept."""

    grace_seconds: float = Field(24 * 3600, ge=0)
    """How long a stored file that nothing refers to is left alone: an upload in progress is such a file."""

    retention_seconds: float = Field(600, gt=0)
    """How often retention looks."""

    max_body_bytes: int = Field(2 * 1024**3, ge=1024)
    """Largest request body the API reads."""

    max_files: int = Field(1000, ge=1)
    """Most files in one submission."""

    max_runs: int = Field(100_000, ge=1)
    """Most runs that one submission may expand to."""

    owner_queued_runs: int = Field(500_000, ge=0)
    """Most runs that one owner may have queued: five of the largest submissions, weeks of work for most fleets. 0: none
    is too many."""

    owner_running_runs: int = Field(0, ge=0)
    """Most runs of one owner that go on at once, on all engines together; all services need the same. 0: no cap,
    because owners take turns anyway; one is for fleets that keep slots free for whoever comes next."""

    owner_stored_bytes: int = Field(1024**4, ge=0)
    """Most bytes that one owner's inputs and results may take, so that nobody fills the store alone. 0: no cap."""

    owner_request_rate: str = Field("6000/minute", pattern=r"^([1-9][0-9]{0,6}/(second|minute|hour))?$")
    """Most requests of one owner per second, minute or hour and API process: a script that polls hundreds of runs is
    fine, a loop that forgot to wait is not. Empty: no cap."""

    traces_endpoint: str | None = Field(None, pattern=r"^(https?://.+)?$")
    """Base address of the OTLP/HTTP receiver of traces, such as `http://collector:4318`; empty turns tracing off."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severe events that are logged."""

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, given: SecretStr) -> SecretStr:
        # Operators hand out plain addresses, with which SQLAlchemy would take a driver that is not installed.
        scheme, separator, rest = given.get_secret_value().partition("://")
        if not separator or scheme not in {"postgresql", "postgres", DRIVER}:
            raise ValueError(f"is not an address of Postgres: it begins with neither postgresql:// nor {DRIVER}://")
        return SecretStr(f"{DRIVER}://{rest}")

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
        """The engine version that this worker takes runs for."""
        return self.worker_engine or max(self.engines, key=lambda v: [int(n) for n in v.split(".")])


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment, `overrides` first. Raises SettingsError with one sentence per fault."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    if unknown := sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known):
        raise SettingsError(f"unknown setting {', '.join(unknown)}")
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # names are checked by the model itself
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(fault) for fault in error.errors())) from error


def _sentence(fault: ErrorDetails) -> str:
    place = PREFIX + "_".join(str(part) for part in fault["loc"][:1]).upper() if fault["loc"] else ""
    text = str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}: {text}" if place else text
