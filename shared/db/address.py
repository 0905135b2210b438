"""Connection URLs of Postgres for all clients: pools, the listener, migrations, the reader of an old library."""

from sqlalchemy.engine import make_url

from shared.settings import Settings
from shared.settings.certificates import Certificates


def database_address(settings: Settings) -> str:
    """URL for SQLAlchemy, with libpq's TLS options when certificates are configured. Contains the password."""
    return _verified(settings.database_url.get_secret_value(), settings.database_certificates)


def listening_address(settings: Settings) -> str:
    """The same for LISTEN, which needs a session of its own and goes past a connection pooler."""
    address = settings.database_listen_url or settings.database_url
    return _verified(address.get_secret_value(), settings.database_certificates)


def migration_address(settings: Settings) -> str:
    """The same for migrations, which may connect with another role: that of the schema's owner."""
    address = settings.migration_database_url or settings.database_url
    return _verified(address.get_secret_value(), settings.database_certificates)


def services_role(settings: Settings) -> str | None:
    """Role that services connect with; None when migrations connect with the same, or when the address has none."""
    role = make_url(database_address(settings)).username
    return None if role == make_url(migration_address(settings)).username else role


def legacy_database_address(settings: Settings) -> str | None:
    """URL of the earlier installation's database, in the same way; None when there is none. Contains the password."""
    if settings.legacy_database_url is None:
        return None
    return _verified(settings.legacy_database_url.get_secret_value(), settings.legacy_database_certificates)


def _verified(address: str, certificates: Certificates | None) -> str:
    if certificates is None:
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
