"""Settings of the servers that EPSM uses: URLs of Postgres, RabbitMQ and the store, and their certificates."""

import tempfile
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from shared.settings.addresses import (
    allows_plain_text,
    http_address,
    postgres_address,
    rabbitmq_address,
    storage_address,
)
from shared.settings.certificates import Certificates, find_certificates
from shared.settings.process import ProcessSettings

CERTIFICATE_FILES = (
    *("database_ca_file", "database_cert_file", "database_key_file", "legacy_database_ca_file"),
    *("broker_ca_file", "broker_cert_file", "broker_key_file", "s3_ca_file"),
)


class ServerSettings(ProcessSettings):
    """Settings of Postgres, RabbitMQ and the store."""

    database_url: SecretStr = SecretStr("postgresql+psycopg2://epsm@127.0.0.1:5432/epsm")
    """Address of Postgres, `postgresql://user:password@host/database`; the only store of state."""

    database_listen_url: SecretStr | None = None
    """Address of the same Postgres for LISTEN, past a connection pooler in `database_url`; empty: `database_url`.
    Through a pooler no notification arrives, and runs start up to a second later."""

    migration_database_url: SecretStr | None = None
    """Address of the same Postgres for migrations alone, with the role that owns the schema; then the role in
    `database_url` needs rights on rows only, which each migration gives it. Empty: `database_url`."""

    database_ca_file: Path | None = None
    """CA certificates for Postgres. With them, only an encrypted connection to the host named in the URL is accepted;
    without them, the URL's own `sslmode` applies."""

    database_cert_file: Path | None = None
    """Client certificate for a Postgres that requires one."""

    database_key_file: Path | None = None
    """Key of `database_cert_file`; other users must not have read permission."""

    legacy_database_url: SecretStr | None = None
    """Address of the Postgres of an earlier installation of EPSM (the Celery version), whose construction library is
    read for its `scenario_id`; a role that can only read is enough. Empty: submissions with a scenario are refused."""

    legacy_database_ca_file: Path | None = None
    """CA certificates for `legacy_database_url`, as `database_ca_file` for `database_url`."""

    broker_url: SecretStr = SecretStr("amqp://guest:guest@127.0.0.1:5672/")
    """AMQP address of RabbitMQ; carries one short message per run and can be lost without losing a run. `amqps://` is
    encrypted, and the host that it names is verified."""

    broker_ca_file: Path | None = None
    """CA certificates for RabbitMQ; empty: those that the system trusts."""

    broker_cert_file: Path | None = None
    """Client certificate for a RabbitMQ that requires one."""

    broker_key_file: Path | None = None
    """Key of `broker_cert_file`."""

    broker_management_url: str | None = None
    """Address of RabbitMQ's management API, such as `http://rabbitmq:15672`; user and password are those of
    `broker_url`, and the user needs the tag `monitoring`. Empty: unacknowledged messages and rates are unknown."""

    queue_type: Literal["classic", "quorum"] = "classic"
    """Classic for one RabbitMQ node, quorum for a cluster."""

    storage_url: str = Field(default_factory=lambda: (Path(tempfile.gettempdir()) / "epsm-storage").as_uri())
    """Where artifacts are stored: `file:///directory` or `s3://bucket/prefix`."""

    s3_endpoint_url: str | None = None
    """Address of an S3-compatible server; empty means AWS itself."""

    s3_ca_file: Path | None = None
    """CA certificates for `s3_endpoint_url`; empty: those that are part of boto3."""

    s3_region: str = "us-east-1"
    """Region that requests to S3 are signed for; most other S3 servers accept any."""

    s3_access_key: SecretStr | None = None
    """Access key for S3; empty: boto3 looks for credentials (instance roles, profiles)."""

    s3_secret_key: SecretStr | None = None
    """Secret key that belongs to `s3_access_key`."""

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, given: SecretStr) -> SecretStr:
        return SecretStr(postgres_address(given.get_secret_value()))

    @field_validator("database_listen_url", "migration_database_url", "legacy_database_url")
    @classmethod
    def _is_postgres_too(cls, given: SecretStr | None) -> SecretStr | None:
        return None if given is None else SecretStr(postgres_address(given.get_secret_value()))

    @field_validator("broker_url")
    @classmethod
    def _is_rabbitmq(cls, given: SecretStr) -> SecretStr:
        return SecretStr(rabbitmq_address(given.get_secret_value()))

    @field_validator("broker_management_url")
    @classmethod
    def _is_http(cls, given: str | None) -> str | None:
        return http_address(given) if given else None

    @field_validator(
        "database_listen_url", "migration_database_url", "legacy_database_url", *CERTIFICATE_FILES, mode="before"
    )
    @classmethod
    def _none_if_empty(cls, given: object) -> object:
        return None if given == "" else given

    @field_validator("storage_url")
    @classmethod
    def _holds_no_keys(cls, given: str) -> str:
        return storage_address(given)

    @model_validator(mode="after")
    def _verify(self) -> Self:
        for name in ("database_url", "database_listen_url", "migration_database_url"):
            given: SecretStr | None = getattr(self, name)
            if self.database_certificates is not None and given and allows_plain_text(given.get_secret_value()):
                raise ValueError(
                    f"EPSM_DATABASE_CA_FILE is set, and the sslmode in EPSM_{name.upper()} allows plain text"
                )
        if self.legacy_database_certificates is not None and (
            self.legacy_database_url is None or allows_plain_text(self.legacy_database_url.get_secret_value())
        ):
            raise ValueError(
                "EPSM_LEGACY_DATABASE_CA_FILE is set, and EPSM_LEGACY_DATABASE_URL is not set or allows plain text"
            )
        if self.broker_certificates is not None and not self.broker_url.get_secret_value().startswith("amqps:"):
            raise ValueError("EPSM_BROKER_CA_FILE is set, and EPSM_BROKER_URL does not begin with amqps://")
        if self.broker_certificates is not None and not (self.broker_management_url or "https:").startswith("https:"):
            raise ValueError("EPSM_BROKER_CA_FILE is set, and EPSM_BROKER_MANAGEMENT_URL does not begin with https://")
        if self.s3_certificates is not None and not (self.s3_endpoint_url or "").startswith("https:"):
            raise ValueError("EPSM_S3_CA_FILE is set, and EPSM_S3_ENDPOINT_URL does not begin with https://")
        return self

    @property
    def database_certificates(self) -> Certificates | None:
        """Certificates for connections to Postgres, None when no authority is set. Raises ValueError."""
        return find_certificates("DATABASE", self.database_ca_file, self.database_cert_file, self.database_key_file)

    @property
    def legacy_database_certificates(self) -> Certificates | None:
        """Certificates for the earlier installation's Postgres, None when no authority is set. Raises ValueError."""
        return find_certificates("LEGACY_DATABASE", self.legacy_database_ca_file, None, None)

    @property
    def broker_certificates(self) -> Certificates | None:
        """Certificates for connections to RabbitMQ, None when no authority is set. Raises ValueError."""
        return find_certificates("BROKER", self.broker_ca_file, self.broker_cert_file, self.broker_key_file)

    @property
    def s3_certificates(self) -> Certificates | None:
        """Certificates for connections to S3, None when no authority is set. Raises ValueError."""
        return find_certificates("S3", self.s3_ca_file, None, None)
