"""Features of a model and regressions for tests of estimates."""

from dataclasses import replace
from typing import Any

from shared.energyplus.preparation.features import ModelFeatures

_OFFICE = ModelFeatures(
    zones=6,
    surfaces=48,
    openings=24,
    systems=104,
    plant=3,
    steps_per_hour=4,
    environments=7,
    days=13,
    series=0,
    finite_differences=False,
    air_network=False,
)


def features(**changes: Any) -> ModelFeatures:
    """The features of a small office over a week, with changes."""
    return replace(_OFFICE, **changes)
