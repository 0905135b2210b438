"""What the code promises about itself: one writer of statuses, a decision table for retries."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from shared.enums import TERMINAL, Status
from shared.state.policy import GiveUp, Requeue, RetryPolicy
from shared.state.transitions import TRANSITIONS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api_service", "sim_worker", "scheduler_service", "shared", "deploy")


def test_only_the_writer_changes_a_runs_status() -> None:
    guilty = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if any(_updates_run_status(node) for node in ast.walk(ast.parse(path.read_text())))
    }

    assert guilty == {"shared/state/writer.py"}


def _updates_run_status(node: ast.AST) -> bool:
    """Whether this is a `values(...)` call that sets `status` in an `update(Run)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"):
        return False
    sets_status = any(keyword.arg == "status" for keyword in node.keywords) or any(
        isinstance(key, ast.Constant) and key.value == "status"
        for argument in node.args
        if isinstance(argument, ast.Dict)
        for key in argument.keys
    )
    return sets_status and "update(Run)" in ast.unparse(node.func)


def test_no_transition_leaves_an_ended_run_but_a_retry_of_a_failed_one() -> None:
    leaving = [t for t in TRANSITIONS if t.source in TERMINAL]

    assert [(t.source, t.target) for t in leaving] == [(Status.FAILED, Status.QUEUED)]


@pytest.mark.parametrize(
    ("charged", "most", "expected"),
    [
        (1, 3, Requeue(timedelta(seconds=2))),
        (2, 3, Requeue(timedelta(seconds=4))),
        (3, 3, GiveUp()),
        (1, 1, GiveUp()),
        (50, 100, Requeue(timedelta(minutes=10))),
    ],
)
def test_the_retry_policy(charged: int, most: int, expected: Requeue | GiveUp) -> None:
    assert RetryPolicy(timedelta(seconds=2)).decide(charged, most) == expected
