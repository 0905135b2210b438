"""Code shared by all EPSM services: schema, state machine, broker, storage, settings, metrics, logging."""
