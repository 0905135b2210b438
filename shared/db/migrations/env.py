"""Alembic's entry: runs migrations on the connection that shared.db.migrate made, locked and bounded."""

from alembic import context

from shared.db.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
