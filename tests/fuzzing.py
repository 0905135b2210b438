"""How long fuzzed tests go on: a little and always the same in `make test`, long and always anew in `make fuzz`."""

from hypothesis import HealthCheck, settings

#: `make fuzz` loads it; `make fuzz ARGS="--hypothesis-seed=1"` repeats what a seed found.
LONG = "fuzz"
#: So many times the examples of a short run.
FACTOR = 10


def register() -> None:
    """Make the long run known to pytest's `--hypothesis-profile`."""
    settings.register_profile(LONG, print_blob=True)


def examples(short: int) -> settings:
    """Settings for a test that tries `short` examples in a short run."""
    long = settings.get_current_profile_name() == LONG
    return settings(
        max_examples=short * FACTOR if long else short,
        derandomize=not long,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
