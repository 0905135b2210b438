"""Attempts at runs whose parameters are a row of a design: with these values, or not at all."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from shared.db.tables import Run, Simulation
from shared.design_file import Row
from shared.spec import StudySpec
from tests.integration.attempting import Attempting
from tests.integration.designing import AXIS as AXIS_PARAMETER
from tests.integration.designing import submit_design
from tests.models import SMALL_OFFICE

pytestmark = pytest.mark.integration

AXIS = re.compile(rb"([^\s,]+),\s*!- North Axis")
VARIANTS: list[Row] = [{"axis": 30}, {"axis": 60.5}, {}]


def test_each_run_has_the_values_of_its_row(attempting: Attempting, tmp_path: Path) -> None:
    simulation, _ = submit_design(attempting.rows, attempting.storage, tmp_path, VARIANTS)
    axes = []
    for run_id in attempting.rows.runs(simulation):
        run = attempting.carry_out(attempting.succeed, run_id=run_id)
        assert (run.status, run.parameters) == ("succeeded", None)
        axes += AXIS.findall(attempting.files(run_id)["prepared.idf"])

    assert axes == [b"30", b"60.5", AXIS.findall(SMALL_OFFICE.read_bytes())[0]]


def test_a_worker_is_sent_the_values_of_its_run_only(attempting: Attempting, tmp_path: Path) -> None:
    rows = attempting.rows
    simulation, _ = submit_design(rows, attempting.storage, tmp_path, VARIANTS)
    parameters = (replace(AXIS_PARAMETER, values=(1, "x" * 100)), replace(AXIS_PARAMETER, name="b", match="other"))
    with rows.database.transaction() as connection:
        connection.execute(update(Simulation).values(spec=StudySpec(parameters=parameters).to_json()))

    claimed = rows.claim(rows.runs(simulation)[1])

    assert claimed is not None
    assert claimed.spec == StudySpec(parameters=tuple(replace(one, values=()) for one in parameters))


def test_a_run_of_an_older_version_has_its_values_in_its_row(attempting: Attempting, tmp_path: Path) -> None:
    simulation, _ = submit_design(attempting.rows, attempting.storage, tmp_path, VARIANTS[:1])
    (run_id,) = attempting.rows.runs(simulation)
    with attempting.rows.database.transaction() as connection:
        connection.execute(update(Run).values(variant=None, parameters={"axis": 75}))

    attempting.carry_out(attempting.succeed, run_id=run_id)

    assert AXIS.findall(attempting.files(run_id)["prepared.idf"]) == [b"75"]


@pytest.mark.parametrize(("harm", "code"), [("damage", "design_unreadable"), ("loss", "storage_unavailable")])
def test_without_its_design_no_run_is_executed(harm: str, code: str, attempting: Attempting, tmp_path: Path) -> None:
    simulation, key = submit_design(attempting.rows, attempting.storage, tmp_path, VARIANTS)
    stored = tmp_path / "store" / key
    if harm == "damage":
        content = stored.read_bytes()
        stored.write_bytes(content[:40] + bytes(40) + content[80:])
    else:
        stored.unlink()

    attempting.carry_out(f"touch {tmp_path}/executed", run_id=attempting.rows.runs(simulation)[0])

    # Tried again, because a store can be repaired.
    assert [error.code for error in attempting.errors] == [code]
    assert not (tmp_path / "executed").exists()


def test_a_request_to_stop_does_not_wait_for_the_design(attempting: Attempting, tmp_path: Path) -> None:
    simulation, _ = submit_design(attempting.rows, attempting.storage, tmp_path, VARIANTS)

    def stop(transfer: str) -> None:
        if transfer == "read":
            attempting.cancel()

    attempting.storage.before = stop

    run = attempting.carry_out(f"touch {tmp_path}/executed", run_id=attempting.rows.runs(simulation)[0])

    assert run.status == "cancelled"
    assert not (tmp_path / "executed").exists()
