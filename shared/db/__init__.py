"""The Postgres schema package: tables, migrations and the way to a connection. It knows no service and no broker."""
