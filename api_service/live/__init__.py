"""Event streams: who follows what, and the one thread that listens to Postgres for all of them."""
