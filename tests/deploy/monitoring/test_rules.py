"""Rules and dashboards as files: valid, with names of existing metrics, and a documented action for every alert."""

import json
import re
import subprocess
from pathlib import Path

import promql_parser as promql
import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.dashboards.__main__ import rendered
from deploy.dashboards.boards import BOARDS
from deploy.dashboards.panels import SOURCE
from shared import metrics
from tests.deploy.monitoring.expressions import (
    DASHBOARDS,
    MONITORING,
    RULES,
    Expression,
    alerts,
    expressions,
    metric_names,
    panels,
    rules,
)

OPERATIONS = MONITORING.parents[1] / "docs" / "operations.md"


def names_served(service: str) -> set[str]:
    """The names of a service's series, with the suffixes of histograms and counters."""
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return {
        family.name + suffix
        for metric in metrics.SERVED[service]
        for family in metric.describe()
        for suffix in suffixes[family.type]
    }


OURS = set().union(*(names_served(service) for service in metrics.SERVED))
RECORDED = {rule["record"] for rule in rules() if "record" in rule}


def test_promtool_accepts_the_rules_and_the_configuration(prometheus_programs: Path) -> None:
    for arguments in (
        ["check", "rules", *map(str, RULES)],
        ["check", "config", str(MONITORING / "prometheus" / "prometheus.yml")],
    ):
        done = subprocess.run(
            [prometheus_programs / "promtool", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("severity", "receiver"), [("page", "page"), ("ticket", "ticket")], ids=["page", "ticket"])
def test_alertmanager_routes_each_severity_to_its_receiver(
    prometheus_programs: Path, severity: str, receiver: str
) -> None:
    config = MONITORING / "alertmanager" / "alertmanager.yml"
    done = subprocess.run(
        [
            *(prometheus_programs / "amtool", "config", "routes", "test", f"--config.file={config}"),
            *(f"--verify.receivers={receiver}", f"severity={severity}", "alertname=EpsmRunsOverdue"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_inhibitions_name_alerts_that_exist() -> None:
    config = yaml.safe_load((MONITORING / "alertmanager" / "alertmanager.yml").read_text())
    named = re.findall(r"Epsm\w+", json.dumps(config["inhibit_rules"]))
    assert named
    assert set(named) <= {alert["alert"] for alert in alerts()}


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_every_alert_has_a_severity_a_summary_and_a_documented_action(
    alert: dict[str, dict[str, str]],
) -> None:
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert alert["annotations"]["summary"].endswith(".")
    page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    assert page == "docs/operations.md"
    headings = re.findall(r"^#+ (.+)$", OPERATIONS.read_text(), re.MULTILINE)
    assert anchor in {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("expression", expressions(), ids=lambda expression: expression.place)
def test_every_expression_names_metrics_that_exist(expression: Expression) -> None:
    named = metric_names(promql.parse(expression.text))
    assert named
    unknown = {name for name in named if name.startswith("epsm_") or ":" in name} - OURS - RECORDED
    assert not unknown
    assert "vector(" not in expression.text


def test_a_metric_that_does_not_exist_is_found() -> None:
    assert metric_names(promql.parse("sum(rate(epsm_nonsense_total[5m])) / epsm_runs_running")) - OURS == {
        "epsm_nonsense_total"
    }


def test_every_metric_is_on_a_dashboard_or_in_an_alert() -> None:
    used = set().union(*(metric_names(promql.parse(expression.text)) for expression in expressions()))
    idle = {
        family.name
        for service in metrics.SERVED.values()
        for metric in service
        for family in metric.describe()
        if not any(name.startswith(family.name) for name in used)
    }
    assert not idle


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_the_dashboards_are_up_to_date(board: object) -> None:
    path = MONITORING / "grafana" / "dashboards" / f"{board.name}.json"  # type: ignore[attr-defined]
    assert path.read_text() == rendered(board), "run: make dashboards"  # type: ignore[arg-type]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.name)
def test_grafana_s_own_model_knows_every_key(path: Path) -> None:
    written = json.loads(path.read_text())
    read = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(written)))
    assert read == written


def test_every_panel_has_a_description_and_the_provisioned_source() -> None:
    source = yaml.safe_load((MONITORING / "grafana/provisioning/datasources/prometheus.yaml").read_text())
    assert [found["uid"] for found in source["datasources"]] == [SOURCE.uid]
    for name, panel in panels():
        assert panel["title"], name
        assert panel["description"].endswith("."), f"{name}: {panel['title']}"
        assert panel["datasource"]["uid"] == SOURCE.uid
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {SOURCE.uid}
