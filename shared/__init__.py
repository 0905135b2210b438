"""What every EPSM service shares: schema, state machine, broker, storage, settings, metrics, logging."""
