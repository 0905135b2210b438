"""The API in one process, on a real Postgres."""
