"""The entry of the catalogue for one metric."""

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """Under which heading a metric is shown."""

    PERIOD = "Period"
    ENERGY = "Energy"
    END_USES = "End uses"
    FUELS = "Fuels and water"
    AREA = "Area"
    DEMAND = "Demand"
    COMFORT = "Comfort"
    SIZING = "Sizing"
    RUN = "Run"


class Shape(StrEnum):
    """What a value is in JSON; every one but the period may be null."""

    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"
    TIME = "time"
    TEXT = "text"
    PERIOD = "period"
    BY_FUEL = "number by fuel"
    BY_END_USE = "number by fuel by end use"
    SIZING = "sizing"
    ZONES = "zones"


@dataclass(frozen=True, slots=True)
class MeterSum:
    """The sum of meters over all weather run periods, of those that the model has; null when it has none of them."""

    meters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndUse:
    """An end use over all fuels, by its name in `fuels.END_USES`."""

    name: str


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a tabular report, as printed; null without a weather run period unless it is of every run."""

    report: str
    table: str
    row: str
    column: str
    of_every_run: bool = False


@dataclass(frozen=True, slots=True)
class VariableSum:
    """The sum of an output variable over all weather run periods; null without one."""

    variable: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that has a reader of its own; `method` says how it comes about."""

    method: str


Source = MeterSum | EndUse | TableCell | VariableSum | Derived


def source_text(source: Source) -> str:
    """Where a value comes from, for a person who knows EnergyPlus's output."""
    match source:
        case MeterSum(meters):
            return f"{'meter' if len(meters) == 1 else 'sum of the meters'} {', '.join(meters)}"
        case EndUse(name):
            return f"sum of the meters of the end use {name}, over all fuels"
        case TableCell(report, table, row, column):
            return f"report {report}, table '{table}', row '{row}', column '{column}'"
        case VariableSum(variable):
            return f"sum of the output variable '{variable}'"
        case Derived(method):
            return method


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `unit` is empty where there is none; `digits` is how many decimals a table shows.

    `headline` metrics are those of short tables and of the old contract's summary, and `label` is their short name.
    """

    name: str
    unit: str
    text: str
    group: Group
    source: Source
    shape: Shape = Shape.NUMBER
    headline: bool = False
    label: str = ""
    digits: int = 0
