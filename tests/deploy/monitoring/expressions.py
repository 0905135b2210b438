"""The PromQL expressions of rules and dashboards, and the parts of each that must always have data."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser as promql
import yaml

MONITORING = Path(__file__).resolve().parents[3] / "deploy" / "monitoring"
RULES = sorted((MONITORING / "prometheus" / "rules").glob("*.yml"))
DASHBOARDS = sorted((MONITORING / "grafana" / "dashboards").glob("*.json"))
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SET_OPERATORS = frozenset({"and", "or", "unless"})


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression, and where it is used."""

    place: str
    text: str


def rules() -> list[dict[str, Any]]:
    """Every rule, recording or alerting."""
    return [rule for path in RULES for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    """Every alerting rule."""
    return [rule for rule in rules() if "alert" in rule]


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every panel with the name of its file, without rows."""
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            if panel["type"] != "row":
                yield path.name, panel


def expressions() -> list[Expression]:
    """The expressions of all rules and all panels."""
    of_rules = [Expression(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]
    of_panels = [
        Expression(f"{name}: {panel['title']}", target["expr"])
        for name, panel in panels()
        for target in panel["targets"]
    ]
    return of_rules + of_panels


def probes(expression: promql.Expr) -> Iterator[str]:
    """The parts of an expression that always have data: both sides of conditions without the thresholds."""
    match expression:
        case promql.ParenExpr():
            yield from probes(expression.expr)
        case promql.BinaryExpr() if str(expression.op) in SET_OPERATORS | COMPARISONS:
            yield from probes(expression.lhs)
            yield from probes(expression.rhs)
        case promql.Call() if expression.func.name == "absent":
            yield from probes(expression.args[0])
        case promql.NumberLiteral():
            return
        case _:
            yield expression.prettify()


def metric_names(expression: promql.Expr) -> set[str]:
    """The names of the metrics in an expression."""
    found = set()
    pending = [expression]
    while pending:
        match pending.pop():
            case promql.VectorSelector() as selector:
                found.add(str(selector.name))
            case promql.MatrixSelector() as selector:
                pending.append(selector.vector_selector)
            case promql.BinaryExpr() as binary:
                pending += [binary.lhs, binary.rhs]
            case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr() as wrapped:
                pending.append(wrapped.expr)
            case promql.Call() as call:
                pending += call.args
    return found
