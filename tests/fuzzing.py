"""Number of examples of fuzzed tests: few and always the same in `make test`, many and always new in `make fuzz`."""

from hypothesis import HealthCheck, settings

#: Profile of `make fuzz`; `make fuzz ARGS="--hypothesis-seed=1"` repeats the examples of a seed.
LONG = "fuzz"
#: A long run has this many times the examples of a short run.
FACTOR = 10


def register() -> None:
    """Registers the long run as a profile of Hypothesis."""
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
