"""Panel types of the dashboards, built with the Grafana Foundation SDK."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_uppercase
from typing import Literal

from grafana_foundation_sdk.builders import dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.builders.common import ReduceDataOptions, VizLegendOptions, VizTooltipOptions
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement, SortOrder, TooltipDisplayMode
from grafana_foundation_sdk.models.dashboard import Dashboard as Model
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DashboardLinkType, DataSourceRef

#: Matches deploy/monitoring/grafana/provisioning/datasources.
SOURCE = DataSourceRef(type_val="prometheus", uid="epsm-prometheus")
#: Grafana's grid is 24 columns wide.
GRAPH_SPAN, GRAPH_HEIGHT = 12, 8
NUMBER_SPAN, NUMBER_HEIGHT = 6, 4


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression and the legend of its series."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel with lines over time or with the newest number; `unit` is one of Grafana's unit names."""

    title: str
    text: str
    unit: str
    queries: tuple[Query, ...]
    kind: Literal["lines", "number"]


@dataclass(frozen=True, slots=True)
class Row:
    """A titled row of panels."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard; its file name and its URL contain `name`."""

    name: str
    title: str
    text: str
    rows: Sequence[Row]

    @property
    def panels(self) -> list[Panel]:
        """All panels of all rows."""
        return [panel for row in self.rows for panel in row.panels]


def lines(title: str, text: str, unit: str, *queries: Query) -> Panel:
    """Returns a panel with lines over time."""
    return Panel(title, text, unit, queries, "lines")


def number(title: str, text: str, unit: str, expression: str, legend: str = "") -> Panel:
    """Returns a panel with the newest number."""
    return Panel(title, text, unit, (Query(expression, legend),), "number")


def build(board: Board) -> Model:
    """Returns the board as a dashboard of the SDK."""
    builder = (
        dashboard.Dashboard(board.title)
        .uid(f"epsm-{board.name}")
        .description(board.text)
        .tags(["epsm"])
        .time("now-6h", "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(dashboard.DashboardLink("EPSM").type(DashboardLinkType.DASHBOARDS).tags(["epsm"]).as_dropdown(True))
    )
    numbers = count(1)
    for row in board.rows:
        builder.with_row(dashboard.Row(row.title).id(next(numbers)))
        for panel in row.panels:
            built = _lines(panel) if panel.kind == "lines" else _number(panel)
            builder.with_panel(built.id(next(numbers)))
    return builder.build()


def _lines(panel: Panel) -> timeseries.Panel:
    builder = (
        timeseries.Panel()
        .title(panel.title)
        .description(panel.text)
        .unit(panel.unit)
        .min(0)
        .datasource(SOURCE)
        .span(GRAPH_SPAN)
        .height(GRAPH_HEIGHT)
        .fill_opacity(8)
        .legend(VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM))
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    )
    for letter, query in zip(ascii_uppercase, panel.queries, strict=False):
        builder.with_target(_query(letter, query))
    return builder


def _number(panel: Panel) -> stat.Panel:
    builder = (
        stat.Panel()
        .title(panel.title)
        .description(panel.text)
        .unit(panel.unit)
        .datasource(SOURCE)
        .span(NUMBER_SPAN)
        .height(NUMBER_HEIGHT)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
    )
    for letter, query in zip(ascii_uppercase, panel.queries, strict=False):
        builder.with_target(_query(letter, query))
    return builder


def _query(letter: str, query: Query) -> prometheus.Dataquery:
    legend = query.legend or "__auto"
    return prometheus.Dataquery().ref_id(letter).expr(query.expression).legend_format(legend).datasource(SOURCE)
