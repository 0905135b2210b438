"""Settings of the API: address, authentication, sessions and OpenID Connect."""

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from shared.settings.addresses import web_origin
from shared.settings.process import PREFIX, ProcessSettings

#: In characters. A hexadecimal secret has four random bits per character, so this is at least 128 random bits.
SESSION_SECRET_LENGTH = 32


class ApiSettings(ProcessSettings):
    """Settings of the API and of identities."""

    api_host: str = "127.0.0.1"
    """Address the API listens on; by default loopback only."""

    api_port: int = Field(8000, ge=0, le=65535)
    """Port of the API."""

    api_health_port: int = Field(8003, ge=0, le=65535)
    """Port of the API's own /healthz, /readyz and /metrics, which answer whatever happens on `api_port`; 0 takes a free
    one."""

    api_threads: int = Field(16, ge=1, le=512)
    """Requests that one API process answers at the same time; each may need a connection to Postgres."""

    api_connections: int = Field(8192, ge=16, le=65536)
    """Connections that one API process has open at the same time, event streams included; further ones wait to be
    accepted. Each needs a file descriptor."""

    api_idle_seconds: float = Field(60, gt=0, le=60)
    """How long a connection without a request stays open, and how long a client may take to send the head of one."""

    api_patience_seconds: float = Field(30, gt=0)
    """How long the API waits for a client to send the next bytes of a body or to read the next part of a response; a
    body gets one more second per 4 KiB in total."""

    api_body_seconds: float = Field(3600, gt=0)
    """How long a whole body may take, however fast it comes."""

    api_bodies_per_address: int = Field(100, ge=1)
    """Bodies that one address may be sending at the same time; trusted proxies may send more."""

    api_helpers: int = Field(2, ge=1, le=64)
    """Helpers that one API process has at the same time: each is a confined process that reads the files of a request.
    """

    api_helper_memory_bytes: int = Field(256 * 1024**2, ge=64 * 1024**2, le=256 * 1024**2)
    """Memory that one helper may take besides what all share; a file that needs more to be read is refused."""

    api_helper_seconds: float = Field(60, gt=0, le=300)
    """Processor time that one helper may take; a file that needs more to be read is refused."""

    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Addresses or networks of reverse proxies, separated by commas, such as `10.0.0.0/8`: their X-Forwarded-For,
    -Proto and -Host are believed, so that limits count for their clients and not for the proxy."""

    trusted_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins of web pages that may call the API from browsers although they are not its own, separated by commas, such
    as `https://page.example.org:8443`: CORS with cookies for /api/v1, /api/simulation and /api/parse, and WebSockets.
    """

    api_sockets: int = Field(500, ge=1)
    """WebSockets that one API process has open at the same time; further ones get 429."""

    api_sockets_per_address: int = Field(50, ge=1)
    """WebSockets that one address may have open at the same time; trusted proxies may have more."""

    auth: Literal["required", "off"] | None = None
    """Whether requests need a token or a session. Empty: `off` when `api_host` is loopback, else `required`."""

    public_url: str | None = Field(None, pattern=r"^(https?://[^/?#@\s]+/?)?$")
    """Where browsers reach the API, such as `https://epsm.example.org`; https makes cookies Secure and sends HSTS."""

    session_secret: SecretStr | None = None
    """Key that signs cookies: at least 32 characters, the same for all API processes. Empty: each process generates its
    own, so sessions end with the process and are not valid for others."""

    session_hours: float = Field(12, gt=0, le=24 * 30)
    """How long a sign-in in a browser lasts; the default is a working day."""

    oidc_issuer: str | None = None
    """URL of the OpenID Connect provider that people sign in with; empty: they sign in with a token."""

    oidc_client_id: str | None = None
    """Client ID of EPSM at the provider."""

    oidc_client_secret: SecretStr | None = None
    """Client secret of EPSM at the provider."""

    oidc_owner_claim: str = "sub"
    """Claim that names the owner. Its values must be unique at the provider and not editable by users; `email` is
    accepted only when the provider marks it as verified."""

    oidc_groups_claim: str = "groups"
    """Claim that lists a user's groups."""

    oidc_admin_group: str | None = None
    """Group whose members are admins; empty: users who sign in with the provider are never admins."""

    @field_validator("trusted_proxies", "trusted_origins", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given

    @field_validator("trusted_origins")
    @classmethod
    def _are_origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(web_origin(origin) for origin in given)

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

    @property
    def auth_required(self) -> bool:
        """Whether the API asks for a token or a session."""
        return (self.auth or ("off" if _is_loopback(self.api_host) else "required")) == "required"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        # Any other name may resolve to a different address later.
        return host == "localhost"


def _is_trustworthy(issuer: str) -> None:
    scheme, _, rest = issuer.partition("://")
    host = rest.partition("/")[0].rpartition(":")[0] or rest.partition("/")[0]
    if not rest or not (scheme == "https" or (scheme == "http" and _is_loopback(host))):
        raise ValueError(
            "EPSM_OIDC_ISSUER must begin with https://; whoever can change what it says signs in as anybody"
        )
