"""The worker process: wiring, heartbeat, readiness, self-test, Dramatiq middleware."""
