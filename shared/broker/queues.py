"""Names of queues and actors. The arguments of a declared queue cannot change, so a change needs a new version here."""

#: Part of every queue's name; raise it when a queue's arguments change.
VERSION = "v1"
CANARY_QUEUE = f"epsm.canary.{VERSION}"
RUN_ACTOR = "run"
CANARY_ACTOR = "canary"


def runs_queue(engine: str, queue_type: str) -> str:
    """Name of the queue of one engine's runs; the name depends on the queue type."""
    suffix = ".quorum" if queue_type == "quorum" else ""
    return f"epsm.runs.{VERSION}.{engine}{suffix}"
