"""Migrates the database schema: `python -m shared.db upgrade|downgrade|wait|check|revision`."""

import argparse
import sys

from alembic import command
from alembic.util import CommandError
from sqlalchemy.exc import OperationalError

from shared.db import migrate
from shared.db.address import database_address, migration_address, services_role
from shared.settings import SettingsError, read_settings


def main() -> int:
    """Run one command; returns 0 on success, else 1 after an error message on standard error."""
    parser = argparse.ArgumentParser(prog="python -m shared.db", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("upgrade", help="migrate to a newer schema").add_argument(
        "revision", nargs="?", default="head", help="revision to migrate to (default: the newest)"
    )
    verbs.add_parser("downgrade", help="migrate to an older schema").add_argument(
        "revision", help="revision to migrate to, such as 0006"
    )
    verbs.add_parser("wait", help="wait until the schema is new enough for this code")
    verbs.add_parser("check", help="fail when the tables in code and in the database differ")
    verbs.add_parser("revision", help="write a migration from the difference between code and database").add_argument(
        "message", help="subject of the migration"
    )
    arguments = parser.parse_args()
    try:
        settings = read_settings()
        url = migration_address(settings)
        if arguments.verb == "upgrade":
            migrate.upgrade(url, arguments.revision, services=services_role(settings))
        elif arguments.verb == "downgrade":
            migrate.downgrade(url, arguments.revision)
        elif arguments.verb == "wait":
            # As services do, which know no other address.
            migrate.wait(database_address(settings))
        elif arguments.verb == "check":
            migrate.check(url)
        else:
            migrate.run(url, lambda config: command.revision(config, arguments.message, autogenerate=True))
    except (SettingsError, CommandError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OperationalError as error:
        # Postgres is unreachable, refuses the login or holds a lock; SQLAlchemy's text around the cause adds nothing.
        print(f"error: {str(error.orig).strip()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
