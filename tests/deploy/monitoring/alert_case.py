"""A test case of an alert: series for which it fires, and series for which it does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Series = Mapping[str, str]


ENGINE = 'engine="25.2.0"'


@dataclass(frozen=True, slots=True)
class AlertCase:
    """`fires` and `quiet` are series by name, in promtool's notation; `labels` are those besides severity."""

    alert: str
    fires: Series
    quiet: Series
    summary: str
    labels: Mapping[str, str] = field(default_factory=dict)
    minutes: int = 40


def same(value: float) -> str:
    """An unchanging series."""
    return f"{value}x500"


def growing(step: float) -> str:
    """A counter."""
    return f"0+{step}x90"
