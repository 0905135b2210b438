"""Properties of the source code: only one module writes statuses, and a decision table of retries."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.enums import TERMINAL, Status
from shared.state.policy import GiveUp, Requeue, RetryPolicy
from shared.state.transitions import OPEN, REOPEN_SIMULATION, SIMULATION_TRANSITIONS, TRANSITIONS
from tests.unit.status_updates import updates_status

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api_service", "sim_worker", "scheduler_service", "shared", "deploy")


#: The modules that write the status of a run, and of a simulation.
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
        "update({t}).values(**{{'status': 'x'}})",
        "update({t}).values({{**changes, 'message': ''}})",
        "update({t}).values(changes)",
        "update({t}).values({{{t}.status: 'x'}})",
        "update({t}).ordered_values(({t}.status, 'x'))",
        "statement = update({t})\nstatement = statement.values(status='x')",
        "update(tables.{t}.__table__).values(status='x')",
        "{t}.__table__.update().values(status='x')",
        "insert({t}).values(id=1).on_conflict_do_update(set_={{'status': 'x'}})",
        "connection.execute(update({t}), [{{'id': 1, 'status': 'x'}}])",
        "connection.execute(update({t}), {{'id': 1, 'status': 'x'}})",
        "connection.execute(update({t}), rows)",
        "setattr({lower}, 'status', 'x')",
        "setattr({lower}, column, 'x')",
        "{lower}.status = 'x'",
        "connection.execute(text('UPDATE {sql} SET message = 1, status = 2'))",
        'text(\'UPDATE ONLY public."{sql}" SET "status" = 2\')',
        "text(f'update {sql} set status = {{x}}')",
        "text(f'UPDATE {sql} SET {{column}} = 1')",
        "text(f'UPDATE {{{t}.__tablename__}} SET status = 1')",
        "text('INSERT INTO {sql} VALUES (1) ON CONFLICT (id) DO UPDATE SET status = 1')",
    ],
)
def test_every_form_of_such_a_change_is_found(form: str) -> None:
    for table, other in (("Run", "Simulation"), ("Simulation", "Run")):
        assert updates_status(_written(form, table), table), form
        assert not updates_status(_written(form, "Worker"), table), form
        assert not updates_status(_written(form, other), table), form


@pytest.mark.parametrize(
    "form",
    [
        "update({t}).where({t}.status == 'x').values(message='', **{{'progress': 1}})",
        "connection.execute(update({t}), [{{'id': 1, 'message': ''}}])",
        "insert({t}).values(status='x')",
        "{lower}.message = 'x'",
        "setattr({lower}, 'message', 'x')",
        "if {lower}.status == 'x': pass",
        "text('UPDATE {sql} SET message = 1 WHERE status = 2')",
        "text('SELECT status FROM {sql} FOR UPDATE')",
    ],
)
def test_changes_of_other_columns_are_let_through(form: str) -> None:
    for table in ("Run", "Simulation"):
        assert not updates_status(_written(form, table), table), form


def _written(form: str, table: str) -> str:
    return form.format(t=table, lower=table.lower(), sql=f"{table.lower()}s")


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
