"""Rights of the role that services connect with, when migrations connect with another role: rows, and nothing else.

Called by `migrate.upgrade`, as the owner of the schema, before and after it: a table that a migration makes is open to
services from its first moment.
"""

from collections.abc import Sequence

from alembic.util import CommandError
from sqlalchemy import Connection, text

ROWS = "SELECT, INSERT, UPDATE, DELETE"
#: Written by migrations alone.
READ_ONLY = "alembic_version"


def grant_future(connection: Connection, role: str) -> None:
    """Give `role` the rows of tables that will be made. Raises CommandError when there is no such role."""
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        raise CommandError(f"Postgres has no role {role!r}, which EPSM_DATABASE_URL names")
    whose = f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {{}} TO {_quoted(connection, role)}"
    connection.execute(text(whose.format(f"{ROWS} ON TABLES")))
    connection.execute(text(whose.format("USAGE ON SEQUENCES")))


def grant_present(connection: Connection, role: str) -> None:
    """Give `role` the rows of all tables of EPSM, and take what it does not need."""
    name = _quoted(connection, role)
    tables, sequences = ", ".join(_own(connection, "r", "p")), ", ".join(_own(connection, "S"))
    for statement in (
        f"REVOKE ALL ON TABLE {tables} FROM {name}",
        f"GRANT {ROWS} ON TABLE {tables} TO {name}",
        *([f"GRANT USAGE ON SEQUENCE {sequences} TO {name}"] if sequences else []),
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"REVOKE ALL ON {READ_ONLY} FROM {name}",
        f"GRANT SELECT ON {READ_ONLY} TO {name}",
    ):
        connection.execute(text(statement))


def _own(connection: Connection, *kinds: str) -> Sequence[str]:
    """The relations of these kinds that belong to this role: the schema may have others, such as an extension's."""
    own = text(
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind = ANY(:kinds) AND relowner = current_user::regrole ORDER BY oid"
    )
    return connection.scalars(own, {"kinds": list(kinds)}).all()


def _quoted(connection: Connection, role: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(role)
