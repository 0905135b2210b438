"""EPSM's REST API: Flask and flask-smorest over the shared schema; it queues runs and never executes one."""
