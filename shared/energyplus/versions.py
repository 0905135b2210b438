"""Choice of the engine for a model, by the model's version."""

from collections.abc import Collection


def engine_of(stated: str, engines: Collection[str]) -> str | None:
    """The newest of the engines ("25.2.0") that runs a model of the stated version; None when there is none.

    A model says 25.2, and any patch release of that runs it. Without a version, or with a major number only, EnergyPlus
    runs a model as one of its own version.
    """
    wanted = stated.strip().split(".")[:2] if stated.strip() else []
    matching = [engine for engine in engines if engine.split(".")[: len(wanted)] == wanted]
    return max(matching, key=lambda engine: [int(part) for part in engine.split(".")], default=None)


def is_exact(stated: str) -> bool:
    """Whether a stated version has a major and a minor number."""
    return "." in stated
