"""What the API reads from Postgres: each function takes an open connection and a constant number of queries."""
