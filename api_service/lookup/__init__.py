"""What a client may look up before it submits: the catalogue of metrics."""
