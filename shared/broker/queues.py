"""Names of queues and actors. The arguments of a declared queue cannot change, so a change needs a new version here."""

#: Part of every queue's name; raise it when a queue's arguments change.
VERSION = "v1"
CANARY_QUEUE = f"epsm.canary.{VERSION}"
RUN_ACTOR = "run"
CANARY_ACTOR = "canary"


#: What the name of every queue of runs begins with.
RUNS_QUEUES = f"epsm.runs.{VERSION}."


def dead_letter_queue(queue: str) -> str:
    """Name of the queue to which RabbitMQ moves the messages of `queue` that were rejected; Dramatiq declares it."""
    return f"{queue}.XQ"


def runs_queue(engine: str, queue_type: str) -> str:
    """Name of the queue of one engine's runs; the name depends on the queue type."""
    suffix = ".quorum" if queue_type == "quorum" else ""
    return f"{RUNS_QUEUES}{engine}{suffix}"
