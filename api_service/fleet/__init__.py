"""Workers, queues and pauses over HTTP."""
