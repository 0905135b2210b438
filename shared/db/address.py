"""Connection URL of Postgres for all clients: pools, the listener, migrations."""

from sqlalchemy.engine import make_url

from shared.settings import Settings


def database_address(settings: Settings) -> str:
    """URL for SQLAlchemy, with libpq's TLS options when certificates are configured. Contains the password."""
    return _with_certificates(settings, settings.database_url.get_secret_value())


def listening_address(settings: Settings) -> str:
    """The same for LISTEN, which needs a session of its own and goes past a connection pooler."""
    return _with_certificates(settings, (settings.database_listen_url or settings.database_url).get_secret_value())


def _with_certificates(settings: Settings, address: str) -> str:
    if (certificates := settings.database_certificates) is None:
        return address
    query = {
        "sslmode": "verify-full",
        "sslrootcert": str(certificates.ca),
        # If there is a Kerberos ticket, libpq would use GSSAPI encryption in place of TLS and its verification.
        "gssencmode": "disable",
    }
    if certificates.certificate is not None:
        query |= {"sslcert": str(certificates.certificate), "sslkey": str(certificates.key)}
    return make_url(address).update_query_dict(query).render_as_string(hide_password=False)
