"""The one address that everybody reaches Postgres with: pools, the listener, migrations."""

from sqlalchemy.engine import make_url

from shared.settings import Settings


def database_address(settings: Settings) -> str:
    """SQLAlchemy's address, with what libpq needs to verify the server where certificates are named. Holds a secret."""
    address = settings.database_url.get_secret_value()
    if (certificates := settings.database_certificates) is None:
        return address
    query = {
        "sslmode": "verify-full",
        "sslrootcert": str(certificates.ca),
        # Kerberos, where there is a ticket, would take the place of TLS and of the verification.
        "gssencmode": "disable",
    }
    if certificates.certificate is not None:
        query |= {"sslcert": str(certificates.certificate), "sslkey": str(certificates.key)}
    return make_url(address).update_query_dict(query).render_as_string(hide_password=False)
