"""Tokens remember the token that they were made with; the scopes `urgent` and `tokens`."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE, AFTER = ("'read','submit','admin'", "'read','submit','urgent','tokens','admin'")
TABLES = ("tokens", "sessions")


def upgrade() -> None:
    op.execute("ALTER TABLE tokens ADD COLUMN IF NOT EXISTS maker_id uuid")
    op.execute("ALTER TABLE tokens DROP CONSTRAINT IF EXISTS fk_tokens_maker_id_tokens")
    op.execute(
        "ALTER TABLE tokens ADD CONSTRAINT fk_tokens_maker_id_tokens "
        "FOREIGN KEY (maker_id) REFERENCES tokens (id) ON DELETE CASCADE NOT VALID"
    )
    op.execute("ALTER TABLE tokens VALIDATE CONSTRAINT fk_tokens_maker_id_tokens")
    op.execute("CREATE INDEX IF NOT EXISTS ix_tokens_maker_id ON tokens (maker_id)")
    for table in TABLES:
        _check(table, AFTER)


def downgrade() -> None:
    for table in TABLES:
        lesser = "array_replace(array_replace(scopes, 'urgent', 'submit'), 'tokens', 'read')"
        op.execute(f"UPDATE {table} SET scopes = {lesser}")  # noqa: S608  (constants)
        _check(table, BEFORE)
    op.drop_column("tokens", "maker_id")


def _check(table: str, scopes: str) -> None:
    name = f"ck_{table}_scopes"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} "
        f"CHECK (scopes <@ ARRAY[{scopes}] AND cardinality(scopes) > 0) NOT VALID"
    )
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
