"""Deletions are remembered after a restore from a dump too, whose revisions are those of another server."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

REPLACE = """
CREATE OR REPLACE FUNCTION forget_simulation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {update}
    RETURN NULL;
END
$$
"""
#: A revision above the current transaction's is of another server: it is replaced, and not taken over.
FORGET = """
    UPDATE forgotten SET revision = OLD.revision
    WHERE OLD.revision <= pg_current_xact_id()::text::bigint
    AND (revision < OLD.revision OR revision > pg_current_xact_id()::text::bigint);
"""
FORGET_BEFORE = "UPDATE forgotten SET revision = OLD.revision WHERE revision < OLD.revision;"


def upgrade() -> None:
    op.execute(REPLACE.format(update=FORGET))


def downgrade() -> None:
    op.execute(REPLACE.format(update=FORGET_BEFORE))
