"""The settings of every EPSM process, read once from `EPSM_*` variables and passed down.

Each service's entry point calls `read_settings()`; nothing else reads the environment. A setting that is unknown,
unreadable or contradicts another stops the process with a sentence.
"""

import os
import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.addresses import allows_plain_text, postgres_address, rabbitmq_address, secrets_in, storage_address
from shared.certificates import Certificates, find_certificates

PREFIX = "EPSM_"
CERTIFICATE_FILES = (
    *("database_ca_file", "database_cert_file", "database_key_file"),
    *("broker_ca_file", "broker_cert_file", "broker_key_file", "s3_ca_file"),
)
#: As many bits as the signature of a cookie has, even when only every other one is random.
SESSION_SECRET_LENGTH = 32


class SettingsError(Exception):
    """A setting is unknown, unreadable or contradicts another; the message names it."""


class Settings(BaseSettings):
    """Every field is the variable `EPSM_<FIELD>`; durations are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    database_url: SecretStr = SecretStr("postgresql+psycopg2://epsm@127.0.0.1:5432/epsm")
    """Address of Postgres, `postgresql://user:password@host/database`; the only place where state lives."""

    database_ca_file: Path | None = None
    """Certificates of the authorities that may vouch for Postgres. With them nothing will do but an encrypted
    connection to the very host that the address names; without them the address's own `sslmode` counts."""

    database_cert_file: Path | None = None
    """Certificate that is shown to a Postgres that asks for one."""

    database_key_file: Path | None = None
    """Key that belongs to `database_cert_file`; nobody else may be able to read it."""

    broker_url: SecretStr = SecretStr("amqp://guest:guest@127.0.0.1:5672/")
    """AMQP address of RabbitMQ; carries one short message per run and can be lost without losing a run. `amqps://` is
    encrypted, and the host that it names is verified."""

    broker_ca_file: Path | None = None
    """Certificates of the authorities that may vouch for RabbitMQ; empty: those that the system trusts."""

    broker_cert_file: Path | None = None
    """Certificate that is shown to a RabbitMQ that asks for one."""

    broker_key_file: Path | None = None
    """Key that belongs to `broker_cert_file`."""

    storage_url: str = Field(default_factory=lambda: (Path(tempfile.gettempdir()) / "epsm-storage").as_uri())
    """Where artifacts live: `file:///directory` or `s3://bucket/prefix`."""

    s3_endpoint_url: str | None = None
    """Address of an S3-compatible server; empty means AWS itself."""

    s3_ca_file: Path | None = None
    """Certificates of the authorities that may vouch for `s3_endpoint_url`; empty: those that boto3 brings along."""

    s3_region: str = "us-east-1"
    """Region that requests to S3 are signed for; most other S3 servers accept any."""

    s3_access_key: SecretStr | None = None
    """Access key for S3; empty leaves it to boto3's own search (instance roles, profiles)."""

    s3_secret_key: SecretStr | None = None
    """Secret key that belongs to `s3_access_key`."""

    scratch_directory: Path = Field(default_factory=lambda: Path(tempfile.gettempdir()) / "epsm-scratch")
    """Where runs and uploads have their private working directories; fast local disk, nothing here outlives a run."""

    scratch_minimum_bytes: int = Field(100 * 1024**2, ge=0)
    """Free scratch below which a worker that has met a failure takes no more runs; an annual run needs some 40 MB."""

    api_host: str = "127.0.0.1"
    """Address the API listens on; loopback unless told otherwise."""

    api_port: int = Field(8000, ge=0, le=65535)
    """Port of the API."""

    api_threads: int = Field(16, ge=1, le=512)
    """Requests that one API process answers at once; every one may need a connection to Postgres."""

    auth: Literal["required", "off"] | None = None
    """Whether a token or a session is asked for. Empty: `off` when `api_host` is loopback, else `required`."""

    public_url: str | None = Field(None, pattern=r"^(https?://[^/?#@\s]+/?)?$")
    """Where browsers reach the API, such as `https://epsm.example.org`; https makes cookies Secure and sends HSTS."""

    session_secret: SecretStr | None = None
    """Signs cookies, at least 32 characters, the same for all API processes. Empty: made anew by each, so that its
    sessions end with it and no other process knows them."""

    session_hours: float = Field(12, gt=0, le=24 * 30)
    """How long a sign-in in a browser lasts: a working day."""

    oidc_issuer: str | None = None
    """Address of the OpenID Connect provider that people sign in with; empty: by token only."""

    oidc_client_id: str | None = None
    """What the provider calls EPSM."""

    oidc_client_secret: SecretStr | None = None
    """What EPSM proves itself to the provider with."""

    oidc_owner_claim: str = "sub"
    """Claim that names the owner. The provider must neither give it to a second person nor let people choose it;
    `email` counts only when the provider says that it is verified."""

    oidc_groups_claim: str = "groups"
    """Claim that lists a person's groups."""

    oidc_admin_group: str | None = None
    """Group whose members are admins; empty: nobody who signs in with the provider."""

    audit_days: float = Field(365, gt=0)
    """How long the audit log is kept."""

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
    def _is_postgres(cls, given: SecretStr) -> SecretStr:
        return SecretStr(postgres_address(given.get_secret_value()))

    @field_validator("broker_url")
    @classmethod
    def _is_rabbitmq(cls, given: SecretStr) -> SecretStr:
        return SecretStr(rabbitmq_address(given.get_secret_value()))

    @field_validator(*CERTIFICATE_FILES, mode="before")
    @classmethod
    def _none_if_empty(cls, given: object) -> object:
        return None if given == "" else given

    @field_validator("storage_url")
    @classmethod
    def _holds_no_keys(cls, given: str) -> str:
        return storage_address(given)

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        for name in ("engines", "engine_directories", "engine_writable"):
            if isinstance(text := values.get(name), str):
                values[name] = tuple(part.strip() for part in text.split(",") if part.strip())
        return values

    @field_validator("auth", mode="before")
    @classmethod
    def _empty_is_none(cls, given: object) -> object:
        return given or None

    @model_validator(mode="after")
    def _identify(self) -> Self:
        if self.auth == "off" and not _is_loopback(self.api_host):
            raise ValueError(
                f"EPSM_AUTH=off lets everybody who reaches EPSM_API_HOST {self.api_host} do everything; "
                "it is for loopback only"
            )
        if self.session_secret and len(self.session_secret.get_secret_value()) < SESSION_SECRET_LENGTH:
            raise ValueError(f"EPSM_SESSION_SECRET must have at least {SESSION_SECRET_LENGTH} characters")
        if self.oidc_issuer:
            _is_trustworthy(self.oidc_issuer)
            needed = ("oidc_client_id", "oidc_client_secret", "public_url")
            if missing := [PREFIX + name.upper() for name in needed if not getattr(self, name)]:
                raise ValueError(f"EPSM_OIDC_ISSUER needs {', '.join(missing)} too")
        return self

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

    @model_validator(mode="after")
    def _verify(self) -> Self:
        if self.database_certificates is not None and allows_plain_text(self.database_url.get_secret_value()):
            raise ValueError("EPSM_DATABASE_CA_FILE is set, and the sslmode in EPSM_DATABASE_URL allows plain text")
        if self.broker_certificates is not None and not self.broker_url.get_secret_value().startswith("amqps:"):
            raise ValueError("EPSM_BROKER_CA_FILE is set, and EPSM_BROKER_URL does not begin with amqps://")
        if self.s3_certificates is not None and not (self.s3_endpoint_url or "").startswith("https:"):
            raise ValueError("EPSM_S3_CA_FILE is set, and EPSM_S3_ENDPOINT_URL does not begin with https://")
        return self

    @property
    def secrets(self) -> frozenset[str]:
        """What nobody may write down: keys, and the passwords in addresses."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return frozenset().union(*(secrets_in(v.get_secret_value()) for v in values if isinstance(v, SecretStr)))

    @property
    def database_certificates(self) -> Certificates | None:
        """What a connection to Postgres is verified with."""
        return find_certificates("DATABASE", self.database_ca_file, self.database_cert_file, self.database_key_file)

    @property
    def broker_certificates(self) -> Certificates | None:
        """What a connection to RabbitMQ is verified with."""
        return find_certificates("BROKER", self.broker_ca_file, self.broker_cert_file, self.broker_key_file)

    @property
    def s3_certificates(self) -> Certificates | None:
        """What a connection to S3 is verified with."""
        return find_certificates("S3", self.s3_ca_file, None, None)

    @property
    def auth_required(self) -> bool:
        """Whether the API asks for a token or a session."""
        return (self.auth or ("off" if _is_loopback(self.api_host) else "required")) == "required"

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
        raise SettingsError("; ".join(_sentence(fault) for fault in error.errors())) from None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        # Other names can come to mean anything.
        return host == "localhost"


def _is_trustworthy(issuer: str) -> None:
    scheme, _, rest = issuer.partition("://")
    host = rest.partition("/")[0].rpartition(":")[0] or rest.partition("/")[0]
    if not rest or not (scheme == "https" or (scheme == "http" and _is_loopback(host))):
        raise ValueError(
            "EPSM_OIDC_ISSUER must begin with https://; whoever can change what it says signs in as anybody"
        )


def _sentence(fault: ErrorDetails) -> str:
    place = PREFIX + "_".join(str(part) for part in fault["loc"][:1]).upper() if fault["loc"] else ""
    text = str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}: {text}" if place else text
