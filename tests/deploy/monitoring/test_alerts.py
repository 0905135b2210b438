"""Each alert fires when it should, with the expected summary, and does not fire when it should not.

promtool evaluates the real rule files on the series of the cases, with one sample per minute.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.monitoring.alert_case import AlertCase, Series
from tests.deploy.monitoring.alert_cases_dependencies import DEPENDENCY_CASES
from tests.deploy.monitoring.alert_cases_service import SERVICE_CASES
from tests.deploy.monitoring.expressions import RULES, alerts

CASES = (*SERVICE_CASES, *DEPENDENCY_CASES)


def test_there_is_a_case_for_every_alert() -> None:
    assert sorted(case.alert for case in CASES) == sorted(alert["alert"] for alert in alerts())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_the_alert_fires_and_stays_quiet(case: AlertCase, prometheus_programs: Path, tmp_path: Path) -> None:
    alert = next(alert for alert in alerts() if alert["alert"] == case.alert)
    runbook = alert["annotations"]["runbook_url"]
    fired = {
        "exp_labels": {**alert["labels"], **case.labels},
        "exp_annotations": {"summary": case.summary, "runbook_url": runbook},
    }
    document = {
        "rule_files": [str(path) for path in RULES],
        "evaluation_interval": "1m",
        "tests": [_test(case, "fires", case.fires, [fired]), _test(case, "stays quiet", case.quiet, [])],
    }
    path = tmp_path / "test.json"
    path.write_text(json.dumps(document))
    done = subprocess.run(
        [prometheus_programs / "promtool", "test", "rules", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _test(case: AlertCase, what: str, series: Series, expected: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": f"{case.alert} {what}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [{"eval_time": f"{case.minutes}m", "alertname": case.alert, "exp_alerts": expected}],
    }
