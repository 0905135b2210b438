"""Names of queues and actors. A queue's arguments are for life, so a change of them needs a new version here."""

#: Part of every queue's name; raise it when a queue's arguments change.
VERSION = "v1"
CANARY_QUEUE = f"epsm.canary.{VERSION}"
RUN_ACTOR = "run"
CANARY_ACTOR = "canary"


def runs_queue(engine: str, queue_type: str) -> str:
    """The queue of one engine's runs; a classic and a quorum queue are two queues."""
    suffix = ".quorum" if queue_type == "quorum" else ""
    return f"epsm.runs.{VERSION}.{engine}{suffix}"
