"""Creates, lists and revokes tokens directly in the database: `python -m api_service.tokens create|list|revoke`.

The first token is created this way, because creating one over HTTP requires a token. The database is the one that
EPSM_DATABASE_URL names.
"""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

from api_service.identity.scope import Scope
from api_service.identity.who import is_owner
from api_service.tokens.queries import create_token, list_tokens, revoke_token
from api_service.tokens.schema import MAX_DAYS, MAX_NAME_CHARACTERS
from shared.db.address import database_address
from shared.db.database import Database, DatabaseAway
from shared.settings import SettingsError, read_settings

#: Maximum number of listed tokens: more are of no use in a terminal.
MAX_TOKENS = 1000
SCOPES = "what the token allows; may be repeated. submit includes read, urgent submit, tokens read, admin all"


def main() -> int:
    """Runs one subcommand; returns 0 on success, else 1 with an error message on standard error."""
    arguments = _parser().parse_args()
    try:
        database = Database(database_address(read_settings()), name="epsm-tokens", pool_size=1)
        try:
            return int(arguments.verb(database, arguments))
        finally:
            database.close()
    except (SettingsError, DatabaseAway) as error:
        print(f"error: {str(error).strip()}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api_service.tokens", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    create = verbs.add_parser("create", help="create a token and print its secret, which is not shown again")
    create.add_argument("--owner", required=True, type=_owner, help="owner of what is created with the token")
    create.add_argument(
        "--scope", required=True, action="append", choices=[scope.value for scope in Scope], help=SCOPES
    )
    create.add_argument("--expires-days", type=_days, metavar="N", help="days until the token expires (default: never)")
    create.add_argument("--name", default="command line", type=_name, help="name in lists (default: %(default)s)")
    create.set_defaults(verb=_create)
    show = verbs.add_parser("list", help="list tokens, newest first, without their secrets")
    show.add_argument("--owner", help="list only tokens of this owner")
    show.set_defaults(verb=_list)
    revoke = verbs.add_parser("revoke", help="revoke a token and all that were made with it, and end their sessions")
    revoke.add_argument("id", type=UUID, help="the token's id, as `list` shows it")
    revoke.set_defaults(verb=_revoke)
    return parser


def _create(database: Database, arguments: argparse.Namespace) -> int:
    days: int | None = arguments.expires_days
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    scopes = [Scope(scope) for scope in arguments.scope]
    with database.transaction() as connection:
        made = create_token(
            connection, owner=arguments.owner, name=arguments.name, scopes=scopes, expires_at=expires_at
        )
    print(f"token {made.id} of {made.owner}; this secret is not shown again:", file=sys.stderr)
    print(made.token)
    return 0


def _list(database: Database, arguments: argparse.Namespace) -> int:
    with database.transaction() as connection:
        found = list_tokens(connection, owner=arguments.owner, limit=MAX_TOKENS)
    for token in found.items:
        state = "revoked" if token.revoked_at else f"expires {token.expires_at:%F}" if token.expires_at else "no end"
        used = f"used {token.last_used_at:%F %R}" if token.last_used_at else "never used"
        print("\t".join((str(token.id), token.owner, ",".join(token.scopes), state, used, token.name)))
    return 0


def _revoke(database: Database, arguments: argparse.Namespace) -> int:
    with database.transaction() as connection:
        known = revoke_token(connection, arguments.id, owner=None)
    if not known:
        print(f"error: there is no token {arguments.id}", file=sys.stderr)
    return 0 if known else 1


def _owner(text: str) -> str:
    if not is_owner(text):
        raise argparse.ArgumentTypeError("must be 1 to 100 printable characters")
    return text


def _name(text: str) -> str:
    if not 1 <= len(text) <= MAX_NAME_CHARACTERS:
        raise argparse.ArgumentTypeError(f"must be 1 to {MAX_NAME_CHARACTERS} characters long")
    return text


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"must be 1 to {MAX_DAYS}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
