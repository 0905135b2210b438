"""What the code promises about itself: one writer of statuses, a decision table for retries."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest

from shared.enums import TERMINAL, Status
from shared.state.policy import GiveUp, Requeue, RetryPolicy
from shared.state.transitions import OPEN, REOPEN_SIMULATION, SIMULATION_TRANSITIONS, TRANSITIONS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api_service", "sim_worker", "scheduler_service", "shared", "deploy")


#: Where the status of a run, and of a simulation, is written.
WRITERS = {"Run": {"shared/state/writer.py"}, "Simulation": {"shared/state/writer.py"}}


@pytest.mark.parametrize("table", WRITERS)
def test_only_the_writer_changes_a_status(table: str) -> None:
    guilty = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations/versions" not in path.as_posix() and updates_status(path.read_text(), table)
    }

    assert guilty == WRITERS[table]


@pytest.mark.parametrize(
    "form",
    [
        "update({t}).values(status='x')",
        "update({t}).where({t}.id == 1).values({{'status': 'x', 'message': ''}})",
        "update({t}).values({{'message': ''}}, **others)",
        "update({t}).values(**changes)",
        "update({t}).values({{**changes, 'message': ''}})",
        "update({t}).values(changes)",
        "update({t}).values({{{t}.status: 'x'}})",
        "connection.execute(update({t}), [{{'id': 1, 'status': 'x'}}])",
        "connection.execute(text('UPDATE {sql} SET message = 1, status = 2'))",
        "text(f'update {sql} set status = {{x}}')",
    ],
)
def test_every_form_of_such_a_change_is_found(form: str) -> None:
    for table, sql in (("Run", "runs"), ("Simulation", "simulations")):
        assert updates_status(form.format(t=table, sql=sql), table), form
        assert not updates_status(form.format(t="Worker", sql="workers"), table), form
        assert not updates_status(f"update({table}).values(message='', **{{'progress': 1}})", table)


def updates_status(source: str, table: str) -> bool:
    """Whether the source sets `status` in an UPDATE of the table, or sets columns that cannot be seen to be others."""
    return any(
        _values_of_update(node, table) or _many_at_once(node, table) or _in_sql(node, table)
        for node in ast.walk(ast.parse(source))
    )


def _values_of_update(node: ast.AST, table: str) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"):
        return False
    if f"update({table})" not in ast.unparse(node.func):
        return False
    return any(map(_may_be_status, node.args)) or any(
        keyword.arg == "status" or (keyword.arg is None and _may_be_status(keyword.value)) for keyword in node.keywords
    )


def _may_be_status(argument: ast.expr) -> bool:
    """Whether columns by name may have a status among them; what is computed may."""
    if not isinstance(argument, ast.Dict):
        return True
    return any(
        _may_be_status(value)
        if key is None
        else (isinstance(key, ast.Constant) and key.value == "status")
        or (isinstance(key, ast.Attribute) and key.attr == "status")
        or not isinstance(key, ast.Constant | ast.Attribute)
        for key, value in zip(argument.keys, argument.values, strict=True)
    )


def _many_at_once(node: ast.AST, table: str) -> bool:
    """An UPDATE that is executed with rows of values."""
    if not (isinstance(node, ast.Call) and len(node.args) == 2 and isinstance(node.args[1], ast.List)):
        return False
    return f"update({table})" in ast.unparse(node.args[0]) and "'status'" in ast.unparse(node.args[1])


def _in_sql(node: ast.AST, table: str) -> bool:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    return (
        re.search(rf"\bupdate\s+{table}s\b.*\bset\b.*\bstatus\s*=", node.value, re.IGNORECASE | re.DOTALL) is not None
    )


def test_no_transition_leaves_an_ended_run_but_a_retry_of_a_failed_one() -> None:
    leaving = [t for t in TRANSITIONS if t.source in TERMINAL]

    assert [(t.source, t.target) for t in leaving] == [(Status.FAILED, Status.QUEUED)]


def test_a_simulation_ends_from_where_runs_are_open_and_is_reopened_only_once_it_has_ended() -> None:
    leaving = {t for t in SIMULATION_TRANSITIONS if t.sources & TERMINAL}

    assert leaving == {REOPEN_SIMULATION}
    assert {t.target for t in SIMULATION_TRANSITIONS if t.sources == OPEN} == TERMINAL


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
