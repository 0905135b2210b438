"""Postgres schema: tables, migrations and connections. Imports no service and no broker."""
